/** Words in names, and the fideslang key that they often stand for. Hints for a person to judge. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/passw(or)?d|passwd|pwd/, "user.authorization.password"],
  [/credential|token|secret|apikey|mfa|otp/, "user.authorization.credentials"],
  [/creditcard|cardnumber|pan$|^card/, "user.financial.credit_card"],
  [/iban|bankaccount|sortcode/, "user.financial.bank_account"],
  [/payment|invoice|billing|charge|refund|checkout/, "user.payment"],
  [/email|mailaddress/, "user.contact.email"],
  [/phone|msisdn|mobile/, "user.contact.phone_number"],
  [/postal|street|zip(code)?$|shippingaddress|homeaddress/, "user.contact.address"],
  [/birth|dob$/, "user.demographic.date_of_birth"],
  [/gender/, "user.demographic.gender"],
  [/profile|fullname|firstname|lastname|displayname|getuser|searchuser|exportuser/, "user.name"],
  [/passport|ssn|nationalid|taxid/, "user.government_id"],
  [/latitude|longitude|geo(ip)?|location/, "user.location"],
  [/device|installation/, "user.device"],
  [/playlist|listen|stream|play|watch|track/, "user.behavior.media_consumption"],
  [/order|purchase|basket|cart/, "user.behavior.purchase_history"],
  [/searchhistory|query/, "user.behavior.search_history"],
  [/message|chat|inbox/, "user.content.private"],
  [/patient|diagnos|health(record|data)|medical/, "user.health_and_medical"],
  [/settings|preferences/, "user.account.settings"],
];

const suggestionsMax = 5;

/** The keys that names (of operations, fields, tables) suggest, at most five. */
export function suggestClasses(names: Iterable<string>): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
    for (const [pattern, key] of hints) if (pattern.test(plain)) found.add(key);
  }
  return [...found].slice(0, suggestionsMax);
}
