import { sha256Hex } from '../../api/sha256.ts'

/** "csi-" and a digest: the name of the attachment of a volume to a node (pkg/volume/csi: getAttachmentName). */
export const attachmentName = (handle: string, driver: string, node: string): string => `csi-${sha256Hex(`${handle}${driver}${node}`)}`
