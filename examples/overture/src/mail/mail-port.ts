export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** Where Overture's own messages go. Concurrency: any number of calls. No retries: who lost a link asks for another. */
export interface MailPort {
  send(mail: Mail): Promise<void>;
}
