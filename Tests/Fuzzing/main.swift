import Glibc

// SwiftPM gives the main function a name of the target's, so libFuzzer's own is not used.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(runFuzzer(&count, &arguments) { readInput($0, $1) })
