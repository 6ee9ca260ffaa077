/** Member states of the European Union, and Iceland, Liechtenstein and Norway, where the GDPR applies by the EEA agreement. */
export const eeaMarkets: ReadonlySet<string> = new Set(
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(" "),
);
