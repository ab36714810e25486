/// libFuzzer's loop: it calls a function with one input after the other.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ function: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Hands an input to the reader that `TRAINER_FUZZ_READER` names.
///
/// A reader may refuse it with an error that names the file. All else that ends the process is a
/// fault: a trap, an access outside of memory, too much time or memory.
func readInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
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

/// The name by which libFuzzer's library knows the function.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzerTestOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  readInput(bytes, count)
}
