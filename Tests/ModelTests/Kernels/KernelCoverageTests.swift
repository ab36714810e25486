import Foundation
import Testing

@Suite("The kernels")
struct KernelCoverageTests {
  @Test("every declared kernel is compared in all its versions")
  func everyKernelIsTested() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let list = try String(
      contentsOf: folder.appending(path: "../../../Sources/CKernels/include/kernels.inc"),
      encoding: .utf8)
    let declared = Set(list.matches(of: /(?m)^DECLARE_KERNEL\((\w+),/).map { String($0.output.1) })
    #expect(!declared.isEmpty)
    var text = ""
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    where file.lastPathComponent.hasSuffix("KernelTests.swift") {
      text += try String(contentsOf: file, encoding: .utf8)
    }
    for (version, matches) in [
      ("baseline", text.matches(of: /kernel_(\w+)_baseline\b/)),
      ("v3", text.matches(of: /kernel_(\w+)_v3\b/)),
      ("v4", text.matches(of: /kernel_(\w+)_v4\b/)),
    ] {
      #expect(Set(matches.map { String($0.output.1) }) == declared, "\(version)")
    }
  }
}
