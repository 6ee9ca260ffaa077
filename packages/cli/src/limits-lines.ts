import type { ApprovalLimits } from "@cordon/contract";

type Limits = Pick<
  ApprovalLimits,
  "oneApprovalUpToAccounts" | "twoApprovalsUpToAccounts" | "approvalLastsMs"
>;

export function limitsLines({ asked, ...inForce }: ApprovalLimits): string[] {
  return [
    limitsLine(inForce),
    ...(asked === null
      ? []
      : [
          `asked by ${asked.asked.by}: ${limitsLine(asked)}, because ${asked.because}`,
          `agreed by ${asked.approvals.map(({ by }) => by).join(", ") || "nobody"}, needed: ${asked.needed}, digest ${asked.digest}`,
        ]),
  ];
}

function limitsLine({ oneApprovalUpToAccounts, twoApprovalsUpToAccounts, approvalLastsMs }: Limits): string {
  const more =
    twoApprovalsUpToAccounts === null
      ? "two over it"
      : `two up to ${twoApprovalsUpToAccounts}, three over it`;
  return `one approval up to ${oneApprovalUpToAccounts} accounts, ${more}; an approval lasts ${approvalLastsMs / 60_000} minutes`;
}
