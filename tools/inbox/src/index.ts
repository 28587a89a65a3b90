export { Inbox, newestToken } from './inbox';
