import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorStatus } from '../errors.ts';
import { eventLevels } from '../events.ts';
import { fieldRights, permissions, readyRoles, scopes } from '../permissions.ts';
import { company } from '../records/company.ts';
import { contact, contactStages, legalBases } from '../records/contact.ts';
import { companyImportFields, contactImportFields } from '../routes/imports.ts';
import type { Words } from './index.ts';
import { languages, words } from './index.ts';

const expected: Record<keyof Words, string[]> = {
  errors: Object.keys(errorStatus),
  events: [...Object.keys(eventLevels), ...permissions.map((permission) => `${permission}.denied`)],
  permissions: [...permissions],
  roles: [...readyRoles],
  fieldRights: [...fieldRights],
  scopes: [...scopes],
  contactFields: Object.keys(contact.fields),
  companyFields: Object.keys(company.fields),
  importFields: [...new Set<string>([...contactImportFields, ...companyImportFields])],
  stages: [...contactStages],
  legalBases: [...legalBases],
};

for (const language of languages) {
  test(`every name of every closed set has words in ${language}, and nothing else does`, () => {
    for (const [set, names] of Object.entries(expected)) {
      assert.ok(names.length > 2, `the set ${set} is empty`);
      const said = words[language][set as keyof typeof expected];
      assert.deepEqual(Object.keys(said).toSorted(), names.toSorted(), set);
    }
  });

  test(`no words in ${language} are empty, and every error is a whole sentence`, () => {
    for (const [set, said] of Object.entries(words[language])) {
      for (const [name, text] of Object.entries(said)) assert.match(text, /\S/, `${set}.${name}`);
    }
    for (const [code, text] of Object.entries(words[language].errors)) {
      assert.match(text, /[.!?…]$|chmod 600\.$/, code);
      assert.ok(text.length >= 20, code);
    }
  });
}

test('Ukrainian words are Ukrainian: no Russian letters and the typographic apostrophe', () => {
  const texts = Object.values(words.uk).flatMap((said) => Object.values(said));
  assert.ok(texts.length > 200);
  for (const text of texts) {
    assert.doesNotMatch(text, /[ыэёъ]/i, text);
    assert.doesNotMatch(text, /[а-яіїєґ]'[а-яіїєґ]/i, text);
  }
});

test('what is put into a sentence is put into it in both languages, and only where no browser shows it', () => {
  const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();
  for (const [code, text] of Object.entries(words.uk.errors)) {
    assert.deepEqual(holes(words.en.errors[code as keyof typeof words.en.errors]), holes(text), code);
    if (holes(text).length > 0) assert.match(code, /^(config|start|cli)\./);
  }
});
