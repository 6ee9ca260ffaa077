/** The reference week in UTC: what the question asks about, and how far the logs reach on either side of it. */
export const logsFromMs = Date.UTC(2014, 4, 19);
export const logsToMs = Date.UTC(2014, 4, 27);
export const windowFromMs = Date.UTC(2014, 4, 20);
export const windowToMs = Date.UTC(2014, 4, 26);
/** When the intruder was in: one night inside the window, far from its edges. */
export const intrusionMs = Date.UTC(2014, 4, 23, 1, 12);
/** The stretch that the variant `gap` cuts out of one log. */
export const holeFromMs = Date.UTC(2014, 4, 24, 2);
export const holeToMs = Date.UTC(2014, 4, 24, 4, 30);
