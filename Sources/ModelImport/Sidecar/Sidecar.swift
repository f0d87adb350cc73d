internal import Glibc
internal import JSON
package import Model
internal import Posix

/// The small file beside a model that says what the model's own file leaves open: docs/SIDECAR.md.
///
/// It is read strictly: what it says wrongly, or in words that nobody knows, is an error, for who wrote it meant it.
package enum Sidecar {
  /// How its name ends: `MODEL.stream.json`.
  static let ending = ".stream.json"
  /// More than any list of names needs.
  private static let mostBytes = 1 << 20

  /// Returns what is said beside `file`: in the file of its name, or of its name without its ending, else beside the
  /// model's other half; nothing where there is none.
  ///
  /// - Throws: `ImportError` where it cannot be read, with the member and the reason.
  static func settings(of file: ModelFile) throws(ImportError) -> ModelSettings {
    for model in [file.name] + (file.partner.map { [$0.name] } ?? []) {
      for name in names(for: model) {
        let sidecar: ModelFile
        do throws(PosixError) { sidecar = try file.beside(name) } catch {
          // A name that is longer than names may be is none that a file has.
          if error.code == ENOENT || error.code == ENAMETOOLONG { continue }
          throw ImportError(opening: error.subject, error)
        }
        guard unsafe sidecar.bytes.bytes.count <= mostBytes else {
          throw ImportError(file: sidecar.path, reason: "is larger than \(mostBytes >> 20) MiB, which no such file is")
        }
        return try settings(in: unsafe Array(sidecar.bytes.bytes), file: sidecar.path)
      }
    }
    return ModelSettings()
  }

  /// Returns what the sidecar of a model's file `name` may be called, best first.
  private static func names(for name: String) -> [String] {
    let stem = PathParts(name).stem
    return [name + ending] + (stem == name ? [] : [stem + ending])
  }

  /// Returns what the JSON object in `bytes` says; `file` is its path.
  ///
  /// - Throws: `ImportError` where it is no such object.
  package static func settings(in bytes: [UInt8], file: String) throws(ImportError) -> ModelSettings {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes, depthLimit: 8) } catch {
      throw ImportError(file: file, place: ["line \(error.line)", "column \(error.column)"], reason: error.reason)
    }
    guard let members = value.object else { throw ImportError(file: file, reason: "it is no JSON object") }
    let unknown = members.keys.filter { SidecarMember(rawValue: $0) == nil }.sorted()
    guard unknown.isEmpty else {
      let known = SidecarMember.allCases.map(\.rawValue).joined(separator: ", ")
      throw ImportError(
        file: file, reason: "unknown: \(unknown.map { $0.printable() }.joined(separator: ", ")); known are \(known)")
    }
    var settings = ModelSettings()
    for member in SidecarMember.allCases {
      guard let value = members[member.rawValue] else { continue }
      do throws(MemberError) { try member.read(value, into: &settings) } catch {
        throw ImportError(file: file, place: [member.rawValue], reason: error.reason)
      }
      settings.origins[member.rawValue] = file
    }
    return settings
  }
}

/// Why a member's value is not what it should be.
struct MemberError: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
