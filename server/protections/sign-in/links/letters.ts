/** What letters to people of the house say – of sign-in, the kit, certificates – in the language of whoever gets them. What people typed is quoted: it can bring nothing along. */
import type { CertificateTrouble, Language } from '#contract';
import { quoted } from '#mail';

/** To the person, or to a colleague of the person. */
type RecoveryNotice = {
  name: string;
  organization: string;
  person: string;
  own: boolean;
  when: string;
  device: string;
  address: string;
};

export type LetterFacts = {
  invitation: { name: string; inviter: string; organization: string; link: string; days: number };
  reset: { name: string; organization: string; link: string; minutes: number; by: string | null };
  passwordChanged: { name: string; organization: string; when: string; device: string; address: string };
  emailConfirm: { name: string; organization: string; link: string; hours: number; by: string | null };
  emailAsked: { name: string; organization: string; to: string; link: string; hours: number; by: string | null };
  emailChanged: { name: string; organization: string; to: string; link: string; hours: number };
  emailRestored: { name: string; organization: string };
  recoveryAsked: { name: string; organization: string; when: string; device: string; address: string; link: string };
  recoveryToApprove: { name: string; organization: string; person: string; needed: number; link: string };
  recoveryFinished: RecoveryNotice;
  recoveryByOperator: RecoveryNotice;
  deputyNamed: {
    name: string;
    organization: string;
    head: string;
    deputy: string;
    from: string;
    until: string;
    by: string;
  };
  deputyEnded: { name: string; organization: string; head: string; deputy: string; by: string };
  clientShared: { name: string; organization: string; by: string; edit: boolean; until: string; link: string };
  elevationAsked: { name: string; organization: string; person: string; role: string; hours: number; link: string };
  elevationApproved: { name: string; organization: string; by: string; role: string; until: string };
  elevationRefused: { name: string; organization: string; by: string; role: string };
  elevationEnded: { name: string; organization: string; by: string; role: string };
  deviceAsked: { name: string; organization: string; when: string; device: string; address: string; link: string };
  deviceApproved: {
    name: string;
    organization: string;
    when: string;
    device: string;
    address: string;
    by: string;
    link: string;
  };
  apiKeyEnding: { name: string; organization: string; key: string; until: string; link: string };
  emergencyUsed: {
    name: string;
    organization: string;
    person: string;
    when: string;
    device: string;
    address: string;
    link: string;
  };
  emergencyMade: { name: string; organization: string; person: string; number: string; when: string };
  emergencyExpires: { name: string; organization: string; number: string; when: string; link: string };
  kitMade: {
    name: string;
    organization: string;
    person: string;
    when: string;
    device: string;
    address: string;
    link: string;
  };
  certificateTrouble: {
    name: string;
    organization: string;
    host: string;
    trouble: CertificateTrouble;
    until: string;
    isOver: boolean;
    link: string;
  };
  clientEnding: {
    name: string;
    organization: string;
    receiver: string;
    until: string;
    isOver: boolean;
    link: string;
  };
};
export type LetterKind = keyof LetterFacts;
type Written = { subject: string; text: string };
type Texts = { [Kind in LetterKind]: (facts: LetterFacts[Kind]) => { subject: string; paragraphs: readonly string[] } };

const uk: Texts = {
  invitation: ({ name, inviter, organization, link, days }) => ({
    subject: `Запрошення до CRM: ${organization}`,
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${inviter} запрошує вас працювати з клієнтами компанії «${organization}» у Lubart. Щоб приєднатися, перейдіть за посиланням, придумайте пароль і підключіть застосунок-автентифікатор:`,
      link,
      `Посилання спрацює один раз і діє ${days} днів. Якщо ви не знаєте, про що йдеться, нічого не робіть.`,
    ],
  }),
  reset: ({ name, organization, link, minutes, by }) => ({
    subject: 'Новий пароль для Lubart',
    paragraphs: [
      `Вітаємо, ${name}!`,
      by === null
        ? `Хтось, імовірно ви, попросив новий пароль для входу в «${organization}». Щоб придумати його, перейдіть за посиланням:`
        : `${by} надсилає вам посилання, щоб ви придумали новий пароль для входу в «${organization}»:`,
      link,
      `Посилання спрацює один раз і діє ${minutes} хвилин. Для входу, як і раніше, потрібен буде код із застосунку.`,
      'Якщо ви про це не просили, нічого не робіть: ваш пароль не зміниться.',
    ],
  }),
  passwordChanged: ({ name, organization, when, device, address }) => ({
    subject: 'Ваш пароль змінено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Пароль для входу в «${organization}» змінено ${when}. Пристрій: ${device}. Адреса: ${address}.`,
      'Якщо це були ви, нічого не робіть. Якщо ні, негайно скажіть власнику або відповідальному за безпеку у вашій компанії.',
      'Якщо ви змінили пароль, бо його хтось дізнався, перегляньте у профілі «Мої браузери» і заберіть чужі.',
    ],
  }),
  emailConfirm: ({ name, organization, link, hours, by }) => ({
    subject: 'Підтвердьте нову адресу',
    paragraphs: [
      `Вітаємо, ${name}!`,
      by === null
        ? `Ви попросили, щоб ця адреса стала вашою для входу в «${organization}». Підтвердьте її за посиланням:`
        : `${by} просить, щоб ця адреса стала вашою для входу в «${organization}». Підтвердьте її за посиланням:`,
      link,
      `Посилання спрацює один раз і діє ${hours} години. Доки ви не підтвердите, усе лишається як є.`,
    ],
  }),
  emailAsked: ({ name, organization, to, link, hours, by }) => ({
    subject: 'Запит на зміну вашої адреси',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${by === null ? 'Хтось, імовірно ви, попросив' : `${by} просить`} змінити адресу для входу в «${organization}» на ${to}.`,
      'Якщо так і має бути, нічого не робіть. Якщо ні, скасуйте зміну за посиланням — стара адреса лишиться вашою, а всі сеанси завершаться:',
      link,
      `Посилання діє ${hours} години.`,
    ],
  }),
  emailChanged: ({ name, organization, to, link, hours }) => ({
    subject: 'Вашу адресу змінено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Тепер для входу в «${organization}» потрібна адреса ${to}, а ця вже не діє.`,
      'Якщо ви цього не робили, поверніть стару адресу за посиланням. Усі сеанси завершаться:',
      link,
      `Посилання діє ${hours} години.`,
    ],
  }),
  emailRestored: ({ name, organization }) => ({
    subject: 'Вашу адресу повернено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Зміну адреси для входу в «${organization}» скасовано: вхід знову за цією адресою. Усі сеанси завершено.`,
      'Якщо зміну просили не ви, хтось міг знати ваш пароль. Придумайте новий: на сторінці входу натисніть «Забули пароль?».',
    ],
  }),
  recoveryAsked: ({ name, organization, when, device, address, link }) => ({
    subject: 'Хтось хоче ввійти без вашого телефона',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} хтось, хто знає ваш пароль, повідомив, що втратив телефон, і просить підключити новий для входу в «${organization}». Пристрій: ${device}. Адреса: ${address}.`,
      'Якщо це ви, нічого не робіть: колеги мають підтвердити, що це справді ви. Якщо ні, скасуйте запит за посиланням і змініть пароль:',
      link,
    ],
  }),
  recoveryToApprove: ({ name, organization, person, needed, link }) => ({
    subject: 'Колега просить відновити вхід',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${person} повідомляє про втрату телефона й просить відновити вхід у «${organization}». Зателефонуйте цій людині й переконайтеся, що це справді вона. Тоді підтвердьте або відхиліть запит:`,
      link,
      needed === 1 ? 'Крім вас, просити нікого.' : `Потрібно підтверджень від різних людей: ${needed}.`,
    ],
  }),
  recoveryFinished: ({ name, organization, person, own, when, device, address }) => ({
    subject: own ? 'Ваш вхід відновлено' : 'Колезі відновлено вхід',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} у «${organization}» підключено новий застосунок для входу. Людина: ${person}. Пристрій: ${device}. Адреса: ${address}.`,
      'Старий телефон, коди відновлення, ключі програм і всі сеанси цієї людини перестали діяти.',
      own
        ? 'Якщо це не ви, негайно зателефонуйте власнику або відповідальному за безпеку.'
        : 'Якщо ви маєте сумнів, зателефонуйте цій людині. Закрити доступ можна в розділі «Люди».',
    ],
  }),
  recoveryByOperator: ({ name, organization, person, own, when }) => ({
    subject: own ? 'Ваш вхід відновлюють на сервері' : 'Колезі відновлюють вхід на сервері',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} той, хто доглядає сервер, почав відновлення входу в «${organization}». Людина: ${person}. Усі її сеанси завершено.`,
      own
        ? 'Якщо ви про це не просили, негайно скажіть власнику або відповідальному за безпеку у вашій компанії.'
        : 'Якщо ви про це не знали, зателефонуйте цій людині й тому, хто доглядає сервер.',
    ],
  }),
  deputyNamed: ({ name, organization, head, deputy, from, until, by }) => ({
    subject: 'Заступництво на час відсутності',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${by} повідомляє: у «${organization}» з ${from} до ${until} керівника відділу заступає інша людина. Керівник: ${head}. Заступає: ${deputy}.`,
      'У ці дні їй відкриті клієнти відділів цього керівника, і вона схвалює те, що схвалює він. Більше нічого, і все завершиться само.',
      'Якщо це помилка, завершіть заступництво у Lubart: Люди → Відділи.',
    ],
  }),
  deputyEnded: ({ name, organization, head, deputy, by }) => ({
    subject: 'Заступництво завершено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${by} завершує заступництво у «${organization}» раніше строку. Керівник: ${head}. Заступав: ${deputy}.`,
    ],
  }),
  clientShared: ({ name, organization, by, edit, until, link }) => ({
    subject: 'З вами поділилися клієнтом',
    paragraphs: [
      `Вітаємо, ${name}!`,
      edit
        ? `${by} ділиться з вами клієнтом компанії «${organization}»: ви можете бачити й змінювати його. Доступ діє до ${until}.`
        : `${by} ділиться з вами клієнтом компанії «${organization}»: ви можете бачити його. Доступ діє до ${until}.`,
      link,
      'Усіх таких клієнтів показує фільтр «Поділилися зі мною» у списку.',
    ],
  }),
  elevationAsked: ({ name, organization, person, role, hours, link }) => ({
    subject: 'Колега просить тимчасове право',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${person} просить роль «${role}» у компанії «${organization}» на ${hours} год. Прочитайте, навіщо, і погодьте або відхиліть:`,
      link,
      'Без вашого рішення нічого не зміниться. Через сім днів запит утратить чинність.',
    ],
  }),
  elevationApproved: ({ name, organization, by, role, until }) => ({
    subject: 'Тимчасове право погоджено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${by} погоджує ваш запит: роль «${role}» у компанії «${organization}» діє до ${until} і закінчиться сама.`,
    ],
  }),
  elevationRefused: ({ name, organization, by, role }) => ({
    subject: 'Тимчасове право не погоджено',
    paragraphs: [`Вітаємо, ${name}!`, `${by} не погоджує ваш запит на роль «${role}» у компанії «${organization}».`],
  }),
  elevationEnded: ({ name, organization, by, role }) => ({
    subject: 'Тимчасове право закінчено достроково',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${by} достроково закінчує дію вашої тимчасової ролі «${role}» у компанії «${organization}».`,
    ],
  }),
  deviceAsked: ({ name, organization, when, device, address, link }) => ({
    subject: 'Новий браузер чекає на підтвердження',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} хтось із вашим паролем і кодом увійшов у «${organization}» з нового браузера. Браузер: ${device}. Адреса: ${address}.`,
      'Якщо це ви, підтвердьте його на пристрої, де ви вже ввійшли, або попросіть керівника:',
      link,
      'Якщо це не ви, відхиліть запит і негайно змініть пароль: його хтось знає.',
    ],
  }),
  deviceApproved: ({ name, organization, when, device, address, by, link }) => ({
    subject: 'Новий браузер підтверджено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} ${by} підтверджує, що цей браузер ваш: ${device}, ${address}. Тепер із нього можна входити в «${organization}».`,
      'Якщо ви про це не знаєте, заберіть його у своєму профілі та змініть пароль:',
      link,
    ],
  }),
  apiKeyEnding: ({ name, organization, key, until, link }) => ({
    subject: 'Ключ API скоро перестане діяти',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Ваш ключ API «${key}» у «${organization}» діє до ${until}. Програма, яка ним користується, після цього зупиниться.`,
      'Якщо ключ потрібен далі, замініть його: старий секрет діятиме ще добу, щоб ви встигли поставити новий.',
      link,
    ],
  }),
  emergencyUsed: ({ name, organization, person, when, device, address, link }) => ({
    subject: 'Аварійний вхід за аркушем',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} за аварійним аркушем увійшли в «${organization}» як ${person}. Пристрій: ${device}. Адреса: ${address}.`,
      'Зателефонуйте цій людині. Якщо це не вона, завершіть її сеанси й перевірте, хто мав обидві половини аркуша. Аркуш більше не діє — зробіть новий:',
      link,
    ],
  }),
  emergencyMade: ({ name, organization, person, number, when }) => ({
    subject: 'Зроблено новий аварійний аркуш',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} ${person} робить новий аварійний аркуш № ${number} для входу в «${organization}». Попередній, якщо він був, більше не діє: знищте його половини.`,
      'Якщо ви про це не знали, запитайте цю людину особисто.',
    ],
  }),
  emergencyExpires: ({ name, organization, number, when, link }) => ({
    subject: 'Строк аварійного аркуша спливає',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Аварійний аркуш № ${number} для входу в «${organization}» діє до ${when}. Власник може зробити новий:`,
      link,
    ],
  }),
  kitMade: ({ name, organization, person, when, device, address, link }) => ({
    subject: 'Головний ключ показано: зроблено набір відновлення',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `${when} ${person} робить набір відновлення головного ключа «${organization}». Пристрій: ${device}. Адреса: ${address}.`,
      'Хто має цей набір і копію даних, читає всіх клієнтів. Запитайте цю людину особисто. Якщо набір робила не вона, завершіть її сеанси й негайно замініть головний ключ: набір стане нічого не вартим для всього, що ви збережете далі.',
      link,
    ],
  }),
  certificateTrouble: ({ name, organization, host, trouble, until, isOver, link }) => ({
    subject: trouble === 'ends_soon' ? 'Строк сертифіката Lubart спливає' : 'Сертифікат Lubart не поновлено',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Сертифікат, за яким браузери впізнають Lubart компанії «${organization}» (${host}), діє до ${until}. ${ukTroubles[trouble]}`,
      isOver
        ? 'Цей строк уже минув: браузери нікого не пускають до Lubart. Дані цілі.'
        : 'Доти все працює як завжди. Потім браузери нікого не пустять до Lubart. Передайте цього листа тому, хто доглядає за сервером.',
      link,
    ],
  }),
  clientEnding: ({ name, organization, receiver, until, isOver, link }) => ({
    subject: isOver ? 'Отримувач журналу більше не впізнає Lubart' : 'Спливає сертифікат для отримувача журналу',
    paragraphs: [
      `Вітаємо, ${name}!`,
      `Журнал дій «${organization}» надсилають на ${receiver}. Сертифікат, за яким цей сервер впізнає Lubart, діє до ${until}.`,
      isOver
        ? 'Цей строк минув: записи чекають у Lubart і нікуди не дійдуть, доки ви не додасте новий сертифікат із ключем. Нічого не втрачено.'
        : 'Потім сервер не прийматиме записів. Отримайте в того, хто за ним доглядає, новий сертифікат із ключем і додайте його:',
      link,
    ],
  }),
};

const ukTroubles: Readonly<Record<CertificateTrouble, string>> = {
  authority_refused:
    'Поновити його не вдалося: центр сертифікації відмовив. Перевірте, чи ця назва веде на ваш сервер і чи відкрито порт 80. Lubart пробує далі сам.',
  authority_unreachable:
    'Поновити його не вдалося: центр сертифікації не відповідає. Перевірте, чи сервер має вихід в інтернет. Lubart пробує далі сам.',
  files_refused:
    'Новий сертифікат, який поклали на сервер, відхилено: він пошкоджений, прострочений або для іншої назви.',
  ends_soon: 'Сам Lubart його не поновлює: покладіть на сервер новий, перезапускати нічого не треба.',
};

const en: Texts = {
  invitation: ({ name, inviter, organization, link, days }) => ({
    subject: `Invitation to the CRM of ${organization}`,
    paragraphs: [
      `Hello ${name},`,
      `${inviter} invites you to work with the clients of “${organization}” in Lubart. To join, open the link, choose a password and connect an authenticator app:`,
      link,
      `The link works once, for ${days} days. If you do not know what this is about, do nothing.`,
    ],
  }),
  reset: ({ name, organization, link, minutes, by }) => ({
    subject: 'A new password for Lubart',
    paragraphs: [
      `Hello ${name},`,
      by === null
        ? `Somebody, probably you, asked for a new password to sign in to “${organization}”. To choose it, open the link:`
        : `${by} sends you a link to choose a new password to sign in to “${organization}”:`,
      link,
      `The link works once, for ${minutes} minutes. Signing in will still need the code of your app.`,
      'If you did not ask for this, do nothing: your password does not change.',
    ],
  }),
  passwordChanged: ({ name, organization, when, device, address }) => ({
    subject: 'Your password was changed',
    paragraphs: [
      `Hello ${name},`,
      `The password to sign in to “${organization}” was changed on ${when}. Device: ${device}. Address: ${address}.`,
      'If it was you, do nothing. If not, tell the owner or the security officer of your company at once.',
      'If you changed it because somebody knew it, look at “My browsers” in your profile and take away what is not yours.',
    ],
  }),
  emailConfirm: ({ name, organization, link, hours, by }) => ({
    subject: 'Confirm your new address',
    paragraphs: [
      `Hello ${name},`,
      by === null
        ? `You asked to sign in to “${organization}” with this address. Confirm it by the link:`
        : `${by} asks that you sign in to “${organization}” with this address. Confirm it by the link:`,
      link,
      `The link works once, for ${hours} hours. Until you confirm, nothing changes.`,
    ],
  }),
  emailAsked: ({ name, organization, to, link, hours, by }) => ({
    subject: 'Your address is about to change',
    paragraphs: [
      `Hello ${name},`,
      `${by === null ? 'Somebody, probably you, asked' : `${by} asks`} to change the address with which you sign in to “${organization}” to ${to}.`,
      'If that is right, do nothing. If not, cancel it by the link: your old address stays, and all sessions end:',
      link,
      `The link works for ${hours} hours.`,
    ],
  }),
  emailChanged: ({ name, organization, to, link, hours }) => ({
    subject: 'Your address was changed',
    paragraphs: [
      `Hello ${name},`,
      `To sign in to “${organization}” you now need the address ${to}; this one does not work any more.`,
      'If you did not do this, take your old address back by the link. All sessions will end:',
      link,
      `The link works for ${hours} hours.`,
    ],
  }),
  emailRestored: ({ name, organization }) => ({
    subject: 'Your address is back',
    paragraphs: [
      `Hello ${name},`,
      `The change of the address with which you sign in to “${organization}” was cancelled: you sign in with this address again. All sessions were ended.`,
      'If it was not you who asked for the change, somebody may know your password. Choose a new one: “Forgot your password?” on the sign-in page.',
    ],
  }),
  recoveryAsked: ({ name, organization, when, device, address, link }) => ({
    subject: 'Somebody wants to sign in without your phone',
    paragraphs: [
      `Hello ${name},`,
      `${when} somebody who knows your password said that the phone is lost, and asks to connect a new one to sign in to “${organization}”. Device: ${device}. Address: ${address}.`,
      'If it was you, do nothing: colleagues must confirm that it is you. If not, cancel the request and change your password:',
      link,
    ],
  }),
  recoveryToApprove: ({ name, organization, person, needed, link }) => ({
    subject: 'A colleague asks for recovery',
    paragraphs: [
      `Hello ${name},`,
      `${person} lost the phone and asks to sign in to “${organization}” with a new one. Call this person and make sure it is them. Then approve or refuse:`,
      link,
      needed === 1 ? 'There is nobody else to ask.' : `Approvals of different people needed: ${needed}.`,
    ],
  }),
  recoveryFinished: ({ name, organization, person, own, when, device, address }) => ({
    subject: own ? 'Your sign-in was recovered' : 'A colleague’s sign-in was recovered',
    paragraphs: [
      `Hello ${name},`,
      `${when} a new app to sign in to “${organization}” was connected. Person: ${person}. Device: ${device}. Address: ${address}.`,
      'The old phone, recovery codes, API keys and all sessions of this person stopped working.',
      own
        ? 'If it was not you, call an owner or the security officer at once.'
        : 'If you are in doubt, call this person. Access is closed under “People”.',
    ],
  }),
  recoveryByOperator: ({ name, organization, person, own, when }) => ({
    subject: own
      ? 'Your sign-in is being recovered on the server'
      : 'A colleague’s sign-in is being recovered on the server',
    paragraphs: [
      `Hello ${name},`,
      `${when} whoever looks after the server began to recover a sign-in to “${organization}”. Person: ${person}. All sessions of this person ended.`,
      own
        ? 'If you did not ask for this, tell an owner or the security officer of your company at once.'
        : 'If you did not know of it, call this person and whoever looks after the server.',
    ],
  }),
  deputyNamed: ({ name, organization, head, deputy, from, until, by }) => ({
    subject: 'A deputy while a head is away',
    paragraphs: [
      `Hello ${name},`,
      `${by} tells you: at “${organization}”, from ${from} to ${until}, somebody stands in for the head of a department. Head: ${head}. Deputy: ${deputy}.`,
      'On these days the clients of that head’s departments are open to the deputy, who approves what the head approves. Nothing more, and it ends by itself.',
      'If this is a mistake, end it in Lubart: People → Departments.',
    ],
  }),
  deputyEnded: ({ name, organization, head, deputy, by }) => ({
    subject: 'A deputy has ended',
    paragraphs: [
      `Hello ${name},`,
      `${by} ended it before the time at “${organization}”. Head: ${head}. Deputy: ${deputy}.`,
    ],
  }),
  clientShared: ({ name, organization, by, edit, until, link }) => ({
    subject: 'A client was shared with you',
    paragraphs: [
      `Hello ${name},`,
      edit
        ? `${by} shares a client of “${organization}” with you: you can see and change it. The access ends on ${until}.`
        : `${by} shares a client of “${organization}” with you: you can see it. The access ends on ${until}.`,
      link,
      'The filter “Shared with me” in the list shows all such clients.',
    ],
  }),
  elevationAsked: ({ name, organization, person, role, hours, link }) => ({
    subject: 'A colleague asks for a temporary right',
    paragraphs: [
      `Hello ${name},`,
      `${person} asks for the role “${role}” at “${organization}” for ${hours} h. Read what for, and approve or refuse:`,
      link,
      'Nothing changes without your decision. After seven days the request lapses.',
    ],
  }),
  elevationApproved: ({ name, organization, by, role, until }) => ({
    subject: 'Your temporary right was approved',
    paragraphs: [
      `Hello ${name},`,
      `${by} approved your request: the role “${role}” at “${organization}” is yours until ${until} and ends by itself.`,
    ],
  }),
  elevationRefused: ({ name, organization, by, role }) => ({
    subject: 'Your temporary right was refused',
    paragraphs: [`Hello ${name},`, `${by} refused your request for the role “${role}” at “${organization}”.`],
  }),
  elevationEnded: ({ name, organization, by, role }) => ({
    subject: 'Your temporary right was ended early',
    paragraphs: [`Hello ${name},`, `${by} ended your temporary role “${role}” at “${organization}” before its time.`],
  }),
  deviceAsked: ({ name, organization, when, device, address, link }) => ({
    subject: 'A new browser waits for approval',
    paragraphs: [
      `Hello ${name},`,
      `At ${when} somebody with your password and code came to “${organization}” from a new browser. Browser: ${device}. Address: ${address}.`,
      'If it is you, approve it on a device where you are signed in, or ask your head:',
      link,
      'If it is not you, refuse it and change your password at once: somebody knows it.',
    ],
  }),
  deviceApproved: ({ name, organization, when, device, address, by, link }) => ({
    subject: 'A new browser was approved',
    paragraphs: [
      `Hello ${name},`,
      `At ${when} ${by} said that this browser is yours: ${device}, ${address}. One can sign in to “${organization}” from it now.`,
      'If you know nothing of it, take it away in your profile and change your password:',
      link,
    ],
  }),
  apiKeyEnding: ({ name, organization, key, until, link }) => ({
    subject: 'An API key ends soon',
    paragraphs: [
      `Hello, ${name}!`,
      `Your API key “${key}” at “${organization}” is good until ${until}. The program that uses it will stop then.`,
      'If it is still needed, rotate it: the old secret opens for a day more, so that there is time to put the new one in.',
      link,
    ],
  }),
  emergencyUsed: ({ name, organization, person, when, device, address, link }) => ({
    subject: 'Emergency sign-in by the sheet',
    paragraphs: [
      `Hello ${name},`,
      `${when} somebody signed in to “${organization}” as ${person} by the emergency sheet. Device: ${device}. Address: ${address}.`,
      'Call this person. If it was somebody else, end the sessions and find out who had both halves of the sheet. The sheet works no more; make a new one:',
      link,
    ],
  }),
  emergencyMade: ({ name, organization, person, number, when }) => ({
    subject: 'A new emergency sheet was made',
    paragraphs: [
      `Hello ${name},`,
      `${when} ${person} made a new emergency sheet, no. ${number}, to sign in to “${organization}”. The one before, if there was one, works no more: destroy its halves.`,
      'If this is news to you, ask this person face to face.',
    ],
  }),
  emergencyExpires: ({ name, organization, number, when, link }) => ({
    subject: 'The emergency sheet is about to end',
    paragraphs: [
      `Hello ${name},`,
      `The emergency sheet no. ${number} to sign in to “${organization}” is good until ${when}. An owner can make a new one:`,
      link,
    ],
  }),
  kitMade: ({ name, organization, person, when, device, address, link }) => ({
    subject: 'The root key was shown: a recovery kit was made',
    paragraphs: [
      `Hello ${name},`,
      `${when} ${person} made a recovery kit of the root key of “${organization}”. Device: ${device}. Address: ${address}.`,
      'Whoever has this kit and a copy of the data reads all clients. Ask this person face to face. If it was somebody else, end the sessions and replace the root key at once: the kit is then worth nothing for whatever you keep from now on.',
      link,
    ],
  }),
  certificateTrouble: ({ name, organization, host, trouble, until, isOver, link }) => ({
    subject:
      trouble === 'ends_soon' ? 'The certificate of Lubart ends soon' : 'The certificate of Lubart was not renewed',
    paragraphs: [
      `Hello ${name},`,
      `The certificate by which browsers know the Lubart of “${organization}” (${host}) is good until ${until}. ${enTroubles[trouble]}`,
      isOver
        ? 'This time is over: browsers let nobody in to Lubart. The data is safe.'
        : 'Until then everything works as always. After that browsers will let nobody in to Lubart. Pass this letter on to whoever looks after the server.',
      link,
    ],
  }),
  clientEnding: ({ name, organization, receiver, until, isOver, link }) => ({
    subject: isOver ? 'A receiver of the log knows Lubart no more' : 'The certificate for a receiver of the log ends',
    paragraphs: [
      `Hello ${name},`,
      `The audit log of “${organization}” is sent to ${receiver}. The certificate by which this server knows Lubart is good until ${until}.`,
      isOver
        ? 'This time is over: entries wait in Lubart and arrive nowhere until you add a new certificate with its key. Nothing is lost.'
        : 'After that the server will take no entries. Get a new certificate with its key from whoever looks after it, and add it:',
      link,
    ],
  }),
};

const enTroubles: Readonly<Record<CertificateTrouble, string>> = {
  authority_refused:
    'It could not be renewed: the certificate authority refused. Check that this name leads to your server and that port 80 is open. Lubart goes on trying by itself.',
  authority_unreachable:
    'It could not be renewed: the certificate authority does not answer. Check that the server reaches the internet. Lubart goes on trying by itself.',
  files_refused: 'The new certificate that was put on the server was refused: broken, expired or for another name.',
  ends_soon: 'Lubart does not renew it by itself: put a new one on the server, nothing needs a restart.',
};

const texts: Readonly<Record<Language, Texts>> = { uk, en };
const ending: Readonly<Record<Language, string>> = {
  uk: '—\nLubart. Цей лист надіслано автоматично, відповідати на нього не треба.',
  en: '—\nLubart. This letter was sent by itself; there is no need to answer it.',
};

/** Facts that are already in form: an address of ours, and what this server itself wrote. */
const asTheyAre = new Set(['link', 'when', 'device', 'address', 'from', 'until']);

export function writeLetter<Kind extends LetterKind>(
  language: Language,
  kind: Kind,
  facts: LetterFacts[Kind],
): Written {
  const safe = Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' && !asTheyAre.has(name) ? quoted(fact) : fact,
    ]),
  ) as LetterFacts[Kind];
  const { subject, paragraphs } = texts[language][kind](safe);
  return { subject, text: [...paragraphs, ending[language]].join('\n\n') };
}

/** A day in Kyiv, in words of the language. */
export const dayInWords = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language === 'uk' ? 'uk-UA' : 'en-GB', { timeZone: 'Europe/Kyiv', dateStyle: 'long' }).format(
    at,
  );

/** Day and time in Kyiv, in words of the language. */
export const momentInWords = (language: Language, at: Date): string =>
  new Intl.DateTimeFormat(language === 'uk' ? 'uk-UA' : 'en-GB', {
    timeZone: 'Europe/Kyiv',
    dateStyle: 'long',
    timeStyle: 'short',
  }).format(at);
