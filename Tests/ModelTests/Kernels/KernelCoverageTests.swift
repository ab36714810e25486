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
    var compared: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    where file.lastPathComponent.hasSuffix("KernelTests.swift") {
      let text = try String(contentsOf: file, encoding: .utf8)
      compared.formUnion(text.matches(of: /kernel_(\w+)_v4\b/).map { String($0.output.1) })
    }
    #expect(!declared.isEmpty)
    #expect(compared == declared)
  }
}
