/** In what order a company’s fields stand on its page and form. */
export const companyGroups = [
  { title: 'groupName', fields: ['name', 'edrpou', 'site', 'address'] },
  { title: 'groupReach', fields: ['phones', 'emails'] },
  { title: 'groupWork', fields: ['stage', 'ownerId', 'departmentId', 'expectedAmount', 'tags'] },
  { title: 'groupNotes', fields: ['notes'] },
] as const;
