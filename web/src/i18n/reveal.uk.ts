/** Words of masked fields, Ukrainian. */
export const revealUk = {
  masked: 'приховано',
  show: 'Показати',
  hide: 'Сховати',
  showField: 'Показати: {{field}}',
  hideField: 'Сховати: {{field}}',
  title: 'Показати: {{field}}',
  text: 'Значення з’явиться лише на цій сторінці. Хто, коли й навіщо його побачив, залишиться в журналі.',
  reason: 'Навіщо вам це значення?',
  reasonHint: 'Наприклад: клієнт просив передзвонити',
};
