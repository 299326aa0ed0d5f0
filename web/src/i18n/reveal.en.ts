/** Words of masked fields, English. */
export const revealEn = {
  masked: 'masked',
  show: 'Show',
  hide: 'Hide',
  showField: 'Show: {{field}}',
  hideField: 'Hide: {{field}}',
  title: 'Show: {{field}}',
  text: 'The value appears on this page only. Who saw it, when and why stays in the log.',
  reason: 'Why do you need this value?',
  reasonHint: 'For example: the client asked for a call back',
};
