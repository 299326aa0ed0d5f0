import { prepareCompany } from './prepare-company.ts';
const c = await prepareCompany(process.argv[2]!, Number(process.argv[3]));
console.log(c.seeded, c.samples.length, c.samples[0], c.manager.personId);
