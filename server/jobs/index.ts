export type { JobData, JobName, Jobs, JobWork } from './queue.ts';
export { jobs, openJobs, prepareJobs } from './queue.ts';
export { schedule, timeZone } from './schedule.ts';
