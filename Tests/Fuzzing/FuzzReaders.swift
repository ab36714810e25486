import Foundation

/// The fuzzer's function: hands bytes to the reader that `TRAINER_FUZZ_READER` names.
///
/// A reader may refuse them with an error that names the file. All else that ends the process is a fault: a trap,
/// an access outside of memory, too much time or memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReader(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  do {
    try FuzzedReader.chosen.read(bytes)
  } catch {
    let text = "\(error)"
    precondition(
      FuzzedReader.chosen.isPlaceless || text.contains(FuzzedReader.name),
      "an error does not name the file: \(text)")
    precondition(text.utf8.count < 1 << 16, "an error of \(text.utf8.count) bytes")
  }
  return 0
}
