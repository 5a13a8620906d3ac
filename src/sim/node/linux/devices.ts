import { device, directory, file, link, type Directory } from './fs.ts'

/** /dev of a container (runc: default devices). */
export const DEVICES: Directory = directory(
  {
    fd: link('/proc/self/fd', 0), full: device('c', '1,7'), mqueue: directory({}, 0o1777, 0), null: device('c', '1,3'), ptmx: link('pts/ptmx', 0), pts: directory({}, 0o755, 0), random: device('c', '1,8'), shm: directory({}, 0o1777, 0),
    stderr: link('/proc/self/fd/2', 0), stdin: link('/proc/self/fd/0', 0), stdout: link('/proc/self/fd/1', 0), 'termination-log': { ...file('', 0o666, 0) }, tty: device('c', '5,0'), urandom: device('c', '1,9'), zero: device('c', '1,5'),
  },
  0o755,
  0,
)
