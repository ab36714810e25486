import Glibc

/// The status of a file in its file system.
package struct FileStatus: Sendable {
  /// The kind of a file.
  package enum Kind: Sendable {
    case regular, folder, link, pipe, socket, device, other

    /// The kind, for messages.
    package var description: String {
      switch self {
      case .regular: "a regular file"
      case .folder: "a directory"
      case .link: "a symbolic link"
      case .pipe: "a named pipe"
      case .socket: "a socket"
      case .device: "a device"
      case .other: "something else"
      }
    }
  }

  /// The identity of a file among all that exist at the same time.
  package struct Identity: Sendable, Equatable {
    /// The file system that it is in.
    package let device: UInt
    /// Its number there.
    package let number: UInt

    /// Creates an identity.
    package init(device: UInt, number: UInt) {
      self.device = device
      self.number = number
    }
  }

  /// The kind.
  package let kind: Kind
  /// The size in bytes.
  package let size: Int
  /// The bits of `chmod`.
  package let permissions: mode_t
  /// Which file it is.
  package let identity: Identity
  /// The number of names that it has.
  package let nameCount: Int
  /// The user who owns it.
  package let user: uid_t
  /// The group that owns it.
  package let group: gid_t
  /// When its content was changed last.
  package let modified: (seconds: Int, nanoseconds: Int)

  /// Creates a status.
  package init(
    kind: Kind, size: Int, permissions: mode_t, identity: Identity, nameCount: Int = 1,
    user: uid_t = 0, group: gid_t = 0, modified: (seconds: Int, nanoseconds: Int) = (0, 0)
  ) {
    self.kind = kind
    self.size = size
    self.permissions = permissions
    self.identity = identity
    self.nameCount = nameCount
    self.user = user
    self.group = group
    self.modified = modified
  }
}

extension FileStatus {
  /// The form in which the system gives it.
  init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR, S_IFBLK: .device
      default: .other
      }
    self.init(
      kind: kind, size: Int(status.st_size), permissions: status.st_mode & 0o7777,
      identity: Identity(device: UInt(status.st_dev), number: UInt(status.st_ino)),
      nameCount: Int(status.st_nlink), user: status.st_uid, group: status.st_gid,
      modified: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec))
  }
}
