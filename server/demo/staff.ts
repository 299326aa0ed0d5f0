/** The invented company: its departments and the twenty people who work there. */
import type { ReadyRole } from '#contract';

export const demoCompanyName = 'Луцька друкарня «Любартова брама»';
export const demoDomain = 'brama.example';

export const demoDepartments = ['Продажі Луцьк', 'Продажі Ковель', 'Сервіс', 'Бухгалтерія'] as const;

export type DemoPerson = {
  name: string;
  /** Before the @. */
  mailbox: string;
  role: ReadyRole;
  /** null: the company itself. */
  department: (typeof demoDepartments)[number] | null;
  /** How many clients in a thousand the person looks after. */
  clients: number;
};

/** The owner comes first: set-up makes her. */
export const demoOwner: DemoPerson = {
  name: 'Любава Острозька',
  mailbox: 'liubava',
  role: 'owner',
  department: null,
  clients: 6,
};

const person = (
  name: string,
  mailbox: string,
  role: ReadyRole,
  department: DemoPerson['department'],
  clients: number,
): DemoPerson => ({
  name,
  mailbox,
  role,
  department,
  clients,
});

export const demoColleagues: readonly DemoPerson[] = [
  person('Ярема Світязький', 'yarema', 'head', 'Продажі Луцьк', 40),
  person('Зоряна Гайдай', 'zoriana', 'head', 'Продажі Ковель', 34),
  person('Остап Млинар', 'ostap', 'head', 'Сервіс', 20),
  person('Віра Дукат', 'vira', 'head', 'Бухгалтерія', 4),
  person('Устим Слідкий', 'ustym', 'auditor', null, 0),
  person('Соломія Папір', 'solomiia', 'manager', 'Продажі Луцьк', 110),
  person('Назар Шрифт', 'nazar', 'manager', 'Продажі Луцьк', 104),
  person('Орися Гранка', 'orysia', 'manager', 'Продажі Луцьк', 98),
  person('Тиміш Форзац', 'tymish', 'manager', 'Продажі Луцьк', 92),
  person('Леся Закладка', 'lesia', 'manager', 'Продажі Луцьк', 88),
  person('Гнат Корінець', 'hnat', 'manager', 'Продажі Луцьк', 70),
  person('Роксолана Абзац', 'roksolana', 'manager', 'Продажі Ковель', 82),
  person('Северин Колонтитул', 'severyn', 'manager', 'Продажі Ковель', 74),
  person('Мотря Суперобкладинка', 'motria', 'manager', 'Продажі Ковель', 66),
  person('Юхим Вакат', 'yukhym', 'manager', 'Продажі Ковель', 48),
  person('Дарина Палітурна', 'daryna', 'manager', 'Сервіс', 26),
  person('Лук’ян Бігун', 'lukian', 'manager', 'Сервіс', 20),
  person('Ївга Ламінат', 'yivha', 'manager', 'Сервіс', 14),
  person('Богдана Сальдо', 'bohdana', 'manager', 'Бухгалтерія', 4),
];

export const demoAddressOf = ({ mailbox }: DemoPerson) => `${mailbox}@${demoDomain}`;
