/** How a reader of one language understands a mail: which words say how many, of whom, what and when. */
export interface Reading {
  /** Two numbers of people: at least, at most. */
  readonly range: RegExp;
  readonly most: RegExp;
  readonly exact: RegExp;
  /** Nobody's data was accessed. */
  readonly none: RegExp;
  /** A list of data that was not accessed, up to the end of the sentence. */
  readonly notAccessed: RegExp;
  readonly accessed: RegExp;
  /** Two instants, or one. */
  readonly times: RegExp;
  /** That the reader's own account was accessed. */
  readonly personal: RegExp;
  /** That the reader's own account was not. */
  readonly spared: RegExp;
  readonly words: Readonly<Record<string, RegExp>>;
  /** January first. */
  readonly months: readonly string[];
}

const months = (text: string): string[] => text.split(" ");
// Groups of thousands are set apart by a point, a comma or a space that does not break.
const n = "\\d[\\d.,\\u00a0\\u202f ]*";

const english: Reading = {
  range: /at least ((?:one|no|\d[\d,]*) users?) and at most ((?:one|no|\d[\d,]*) users?)/gi,
  most: /(?<!and )at most ((?:one|no|\d[\d,]*) users?)/gi,
  exact: /(?<![\d,]|at least |at most )\b((?:one|no|\d[\d,]*) users?)(?:'s)?(?: data)? was accessed/gi,
  none: /(?!)/g,
  notAccessed: /\bNot accessed: ([^.]*)\./gi,
  accessed: /\b(?:data (?:of your account )?was accessed|accessed in this incident): ([^.]*)\./gi,
  times: /\btook place (?:on|between) ([^.]*?UTC)(?: and ([^.]*?UTC))?/gi,
  personal: /\b(?:data of your account (?:was|has been) accessed|your account is among those)/i,
  spared: /\b(?:is not among them|your account is not (?:concerned|affected)|your data was not accessed)/i,
  words: {
    "user.name": /\bnames?\b/i,
    "user.contact.email": /\be-?mail address/i,
    "user.authorization.password": /\bpasswords?\b/i,
    "user.payment": /\bpayment\b/i,
    "user.financial": /\bfinancial\b/i,
  },
  months: months("January February March April May June July August September October November December"),
};

const german: Reading = {
  range: new RegExp(`mindestens (einer Person|${n}Personen) und höchstens (einer Person|${n}Personen)`, "gi"),
  most: new RegExp(`(?<!und )höchstens (eine[r]? Person|${n}Personen)`, "gi"),
  exact: new RegExp(`auf die Daten von (einer Person|${n}Personen) zugegriffen`, "gi"),
  none: /auf die Daten keiner Person zugegriffen/gi,
  notAccessed: /\bKein Zugriff auf: ([^.]*)\./g,
  accessed: /(?:Auf diese Daten (?:Ihres Kontos )?wurde zugegriffen|Vorfall zugegriffen wurde): ([^.]*)\./gi,
  times: /Zugriffe? (?:fand|fanden) (?:am|zwischen dem) (.*?UTC)(?: und dem (.*?UTC))? statt/gi,
  personal: /auf Daten Ihres Kontos (?:wurde )?zugegriffen|dass Ihr Konto zu denen gehört/i,
  spared: /gehört nicht dazu/i,
  words: {
    "user.name": /\bNamen?\b/i,
    "user.contact.email": /E-Mail-Adresse/i,
    "user.authorization.password": /Passwort/i,
    "user.payment": /Zahlungsdaten/i,
    "user.financial": /Finanzdaten/i,
  },
  months: months("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
};

const french: Reading = {
  range: new RegExp(
    `d’au moins (un utilisateur|${n}utilisateurs) et d’au plus (un utilisateur|${n}utilisateurs)`,
    "gi",
  ),
  most: new RegExp(`(?<!d’)au plus (un seul utilisateur|${n}utilisateurs)`, "gi"),
  exact: new RegExp(`les données (d’un seul utilisateur|de ${n}utilisateurs) ont été consultées`, "gi"),
  none: /les données d’aucun utilisateur n’ont été consultées/gi,
  notAccessed: /Non consultées\s*: ([^.]*)\./g,
  accessed:
    /(?:Ces données (?:de votre compte )?ont été consultées|Données consultées lors de cet incident)\s*: ([^.]*)\./gi,
  times: /connaissance (?:a|ont) eu lieu (?:entre )?le (.*?UTC)(?: et le (.*?UTC))?/gi,
  personal: /des données de votre compte ont été consultées|que votre compte fait partie de ceux/i,
  spared: /n’en fait pas partie/i,
  words: {
    "user.name": /\bnom\b/i,
    "user.contact.email": /adresse e-mail/i,
    "user.authorization.password": /mot de passe/i,
    "user.payment": /données de paiement/i,
    "user.financial": /données financières/i,
  },
  months: months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
};

const spanish: Reading = {
  range: new RegExp(`al menos (un usuario|${n}usuarios) y como máximo (un usuario|${n}usuarios)`, "gi"),
  most: new RegExp(`(?<!y )como máximo (un usuario|${n}usuarios)`, "gi"),
  exact: new RegExp(`se accedió a los datos de (un usuario|${n}usuarios)\\.`, "gi"),
  none: /no se accedió a los datos de ningún usuario/gi,
  notAccessed: /No se accedió a: ([^.]*)\./g,
  accessed: /(?:Se accedió a estos datos(?: de su cuenta)?|se accedió en este incidente): ([^.]*)\./gi,
  times: /constancia (?:tuvo|tuvieron) lugar (?:entre )?el (.*?UTC)(?: y el (.*?UTC))?/gi,
  personal: /se accedió a datos de su cuenta|que su cuenta está entre aquellas/i,
  spared: /no está entre ellas/i,
  words: {
    "user.name": /\bnombre\b/i,
    "user.contact.email": /dirección de correo electrónico/i,
    "user.authorization.password": /contraseña/i,
    "user.payment": /datos de pago/i,
    "user.financial": /datos financieros/i,
  },
  months: months("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
};

const portuguese: Reading = {
  range: new RegExp(`no mínimo (um usuário|${n}usuários) e no máximo (um usuário|${n}usuários)`, "gi"),
  most: new RegExp(`(?<!e )no máximo (um usuário|${n}usuários)`, "gi"),
  exact: new RegExp(`que os dados de (um usuário|${n}usuários) foram acessados`, "gi"),
  none: /os dados de nenhum usuário foram acessados/gi,
  notAccessed: /Não foram acessados: ([^.]*)\./g,
  accessed: /(?:Estes dados (?:da sua conta )?foram acessados|Dados acessados neste incidente): ([^.]*)\./gi,
  times: /conhecimento (?:ocorreu|ocorreram) (?:em|entre) (.*?UTC)(?: e (.*?UTC))?/gi,
  personal: /dados da sua conta foram acessados|que a sua conta está entre aquelas/i,
  spared: /não está entre elas/i,
  words: {
    "user.name": /\bnome\b/i,
    "user.contact.email": /endereço de e-mail/i,
    "user.authorization.password": /\bsenha\b/i,
    "user.payment": /dados de pagamento/i,
    "user.financial": /dados financeiros/i,
  },
  months: months("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
};

const readings: ReadonlyMap<string, Reading> = new Map([
  ["en", english],
  ["de", german],
  ["fr", french],
  ["es", spanish],
  ["pt-BR", portuguese],
]);

/** Null for a language that nobody here reads. */
export function readingOf(language: string): Reading | null {
  return readings.get(language) ?? null;
}

/** A number of people in words or digits: "one user", "9.000.000 Personen". */
export function countIn(words: string): number {
  const digits = words.replace(/\D/g, "");
  if (digits !== "") return Number(digits);
  return /^no\b/i.test(words) ? 0 : 1;
}

/** `21. Mai 2014, 10:00 Uhr UTC`, `21 de maio de 2014, 10:00 UTC`, …: ms since the epoch; NaN for what is no time. */
export function timeIn(words: string, { months: names }: Reading): number {
  const match = /(\d{1,2})(?:\.|er)? (?:de )?(\p{L}+) (?:de )?(\d{4})\D+(\d{2}):(\d{2})/u.exec(words);
  if (match === null) return NaN;
  const [, day, name = "", year, hour, minute] = match;
  const month = names.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  return month === -1 ? NaN : Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute));
}
