/**
 * log2 C(accounts, members) / members: so many bits a member any code needs that can tell every set of that size apart.
 * 0 for an empty cohort and for one of all accounts.
 */
export function entropyBitsPerMember(accounts: number, members: number): number {
  if (members <= 0 || members >= accounts) return 0;
  // C(n, k) = C(n, n − k): the fewer factors.
  const factors = Math.min(members, accounts - members);
  let bits = 0;
  for (let i = 0; i < factors; i++) bits += Math.log2((accounts - i) / (factors - i));
  return bits / members;
}
