export const emailSchema = { type: "string", minLength: 1, maxLength: 320 } as const;
export const passwordSchema = { type: "string", minLength: 1, maxLength: 1024 } as const;
export const newPasswordSchema = { type: "string", minLength: 8, maxLength: 1024 } as const;
