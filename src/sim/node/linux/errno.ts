/** Errors of system calls and what programs print of them (musl's strerror, which busybox images use). */
export const ERRORS = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
  ENOTEMPTY: 'Directory not empty',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
  ESRCH: 'No such process',
  EBUSY: 'Resource busy',
  EAGAIN: 'Resource temporarily unavailable',
  EBADF: 'Bad file descriptor',
  ENAMETOOLONG: 'File name too long',
  EFBIG: 'File too large',
  E2BIG: 'Argument list too long',
  EMFILE: 'No file descriptors available',
  EXDEV: 'Cross-device link',
} as const

export type Errno = keyof typeof ERRORS

/** A failed call. Calls give back a value or one of these. */
export class Failure {
  readonly errno: Errno
  constructor(errno: Errno) {
    this.errno = errno
  }
  get text(): string {
    return ERRORS[this.errno]
  }
}

export const failed = (value: unknown): value is Failure => value instanceof Failure
