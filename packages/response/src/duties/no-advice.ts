/** Shown with every answer about duties. */
export const noAdvice =
  "Information with its source, not legal advice: whether a duty applies is for people to decide.";
