/** In what order a contact’s fields stand on its page and form. */
export const contactGroups = [
  { title: 'groupName', fields: ['lastName', 'firstName', 'middleName', 'position', 'companyId', 'companyName'] },
  { title: 'groupReach', fields: ['phones', 'emails', 'address'] },
  { title: 'groupWork', fields: ['stage', 'ownerId', 'departmentId', 'expectedAmount', 'source', 'tags'] },
  { title: 'groupNext', fields: ['nextStepOn', 'nextStepText'] },
  { title: 'groupNotes', fields: ['notes'] },
  { title: 'groupLaw', fields: ['birthday', 'legalBasis', 'consentGivenOn'] },
] as const;
