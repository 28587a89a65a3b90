import type { AccountMail } from '@stocktool/contracts';
import type { MailDocument } from './mail-document';

interface Letter {
  readonly path: string;
  readonly route: string;
  readonly subject: string;
  readonly text: string;
  readonly button: string;
  readonly otherwise: string;
}

const letters: Readonly<Record<AccountMail['template'], Letter>> = {
  'verify-email': {
    path: '/verify-email',
    route: 'POST /v1/auth/verify',
    subject: 'Confirm your e-mail address',
    text: 'Please confirm that this address is yours, so that we can send you what you ask for.',
    button: 'Confirm this address',
    otherwise: 'If you have no StockTool account, ignore this mail: nothing will happen.',
  },
  'reset-password': {
    path: '/reset-password',
    route: 'POST /v1/auth/password/reset',
    subject: 'Choose a new password',
    text: 'Somebody, hopefully you, asked for a new password for your StockTool account.',
    button: 'Choose a new password',
    otherwise: 'If it was not you, ignore this mail: your password stays as it is.',
  },
  'confirm-subscription': {
    path: '/confirm-subscription',
    route: 'POST /v1/subscriptions/confirm',
    subject: 'Do you want notifications from StockTool?',
    text: 'A StockTool user wants to send notifications about portfolio analyses and prices to this address.',
    button: 'Yes, send them here',
    otherwise: 'If you do not know what this is about, ignore this mail: nothing will be sent here.',
  },
};

/** To the owner of an account that has been deleted. */
export const goodbyeMail = (publicUrl: string): MailDocument => ({
  subject: 'Your StockTool account has been deleted',
  preview: 'Your account and all of its data are being erased.',
  heading: 'Your account has been deleted',
  blocks: [
    {
      kind: 'paragraph',
      text: 'As you asked, your account is closed, and all of its data are being erased: analyses, reports, conversations, price series, subscriptions. It cannot be undone.',
    },
    {
      kind: 'paragraph',
      text: 'If it was not you, somebody knew your password or used your open browser: change that password wherever else you use it.',
    },
  ],
  footer: `Sent by StockTool at ${new URL(publicUrl).origin}. This is the last mail about this account.`,
});

/** The token is in the fragment, which no server and no log sees, and is there to be copied as well. */
export function accountMail(template: AccountMail['template'], token: string, publicUrl: string): MailDocument {
  const letter = letters[template];
  const url = new URL(letter.path, publicUrl);
  url.hash = new URLSearchParams({ token }).toString();
  return {
    subject: letter.subject,
    preview: letter.text,
    heading: letter.subject,
    blocks: [
      { kind: 'paragraph', text: letter.text },
      { kind: 'button', label: letter.button, url: url.href },
      { kind: 'code', label: `Or use this token with ${letter.route}:`, text: token },
      { kind: 'paragraph', text: `It works once and for a limited time. ${letter.otherwise}` },
    ],
    footer: `Sent by StockTool at ${new URL(publicUrl).origin}. This address was given to us as yours.`,
  };
}
