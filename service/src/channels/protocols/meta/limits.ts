/** Lengths and counts of the Send API (pages "Send API", "Templates", "Quick replies"). */
export const LIMITS = {
  quickReplies: 13,
  title: 20,
  payload: 1000,
  buttonText: 640,
  buttons: 3,
  elements: 10,
  elementTitle: 80,
  receiptItems: 100,
  url: 2000,
  messageId: 512,
  templateName: 512,
  templateValue: 1024,
} as const;
