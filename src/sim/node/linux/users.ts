/** Names of users and groups of the images' /etc/passwd and /etc/group. */
export const USERS: Readonly<Record<number, string>> = { 0: 'root', 1: 'daemon', 2: 'bin', 3: 'sys', 4: 'sync', 8: 'mail', 13: 'proxy', 33: 'www-data', 34: 'backup', 65534: 'nobody' }
export const GROUPS: Readonly<Record<number, string>> = { 0: 'root', 1: 'daemon', 2: 'bin', 3: 'sys', 4: 'adm', 5: 'tty', 6: 'disk', 10: 'wheel', 12: 'mail', 33: 'www-data', 65534: 'nobody' }

export const PASSWD = Object.entries(USERS).map(([uid, name]) => `${name}:x:${uid}:${uid}:${name}:${name === 'root' ? '/root' : '/home'}:${name === 'root' ? '/bin/sh' : '/bin/false'}\n`).join('')
export const GROUP = Object.entries(GROUPS).map(([gid, name]) => `${name}:x:${gid}:\n`).join('')
