import type { DataClass } from "@cordon/model";

/** Plain words for exactly these fideslang keys. Two keys never share their words: one may be accessed, the other not. */
const dataClasses: Readonly<Record<DataClass, string>> = {
  user: "personal data of any kind",
  "user.account": "account details",
  "user.account.settings": "account settings",
  "user.account.username": "user name",
  "user.authorization": "sign-in data",
  "user.authorization.credentials": "sign-in credentials",
  "user.authorization.password": "password",
  "user.behavior": "usage data",
  "user.behavior.browsing_history": "browsing history",
  "user.behavior.media_consumption": "listening and viewing history",
  "user.behavior.purchase_history": "purchase history",
  "user.behavior.search_history": "search history",
  "user.biometric": "biometric data",
  "user.contact": "contact details",
  "user.contact.address": "postal address",
  "user.contact.email": "e-mail address",
  "user.contact.organization": "organisation",
  "user.contact.phone_number": "telephone number",
  "user.content": "content that you created",
  "user.content.private": "private content",
  "user.content.public": "public content",
  "user.demographic": "demographic data",
  "user.demographic.date_of_birth": "date of birth",
  "user.demographic.gender": "gender",
  "user.device": "device data",
  "user.device.ip_address": "IP address",
  "user.financial": "financial data",
  "user.financial.bank_account": "bank account",
  "user.financial.credit_card": "credit card data",
  "user.government_id": "government identification",
  "user.health_and_medical": "health data",
  "user.location": "location data",
  "user.location.precise": "precise location",
  "user.name": "name",
  "user.name.first": "first name",
  "user.name.last": "last name",
  "user.payment": "payment data",
  "user.social": "social contacts",
  "user.telemetry": "telemetry data",
  "user.unique_id": "account identifier",
  "system.authentication": "sign-in data of our systems",
  "system.operations": "operational data of our systems",
};

/** The nearest known ancestor's words with the key beside them, or the key alone: never a guess. */
export function englishDataClass(name: DataClass): string {
  const own = dataClasses[name];
  if (own !== undefined) return own;
  for (let parent = name; parent.includes(".");) {
    parent = parent.slice(0, parent.lastIndexOf("."));
    const words = parent === "user" ? undefined : dataClasses[parent];
    if (words !== undefined) return `${words} (${name})`;
  }
  return `data of the kind “${name}”`;
}

const platforms: Readonly<Record<string, string>> = {
  android: "Android",
  ios: "iOS",
  "windows-phone": "Windows Phone",
  desktop: "the desktop",
  web: "the web",
};

export function englishPlatform(name: string): string {
  return platforms[name] ?? `“${name}”`;
}

const stores: Readonly<Record<string, string>> = {
  "google-play": "Google Play",
  "amazon-appstore": "the Amazon Appstore",
  "app-store": "the App Store",
};

export function englishStore(name: string, service: string): string {
  if (name === "website") return `the web site of ${service}`;
  return stores[name] ?? `“${name}”`;
}
