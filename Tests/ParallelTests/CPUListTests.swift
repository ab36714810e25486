import Testing

@testable import Parallel

@Suite("Linux's list of CPUs")
struct CPUListTests {
  @Test(
    "is read and written again",
    arguments: [
      ("", []), ("0", [0]), ("0-3,8,10-11", [0, 1, 2, 3, 8, 10, 11]), ("1048575", [1_048_575]),
      ("7,9", [7, 9]),
    ] as [(String, [Int])])
  func roundTrip(text: String, cpus: [Int]) {
    #expect(CPUList(text: text)?.cpus == cpus)
    #expect(CPUList(text: text + "\n")?.cpus == cpus)
    #expect(CPUList(cpus).description == text)
  }

  @Test(
    "that the kernel would not write is refused",
    arguments: [
      " ", "\n\n", "a", "-1", "1-", "1-2-3", "3-1", "1,", ",1", "1,,2", "2,1", "1,1", "0-3,2",
      "0x1", "+1", "1 ", "0-7:2/4", "1048576", "0-99999999999999999999", "٣",
    ])
  func refused(text: String) {
    #expect(CPUList(text: text) == nil)
  }

  @Test("numbers in any order, with repetitions, become one list")
  func order() {
    #expect(CPUList([5, 1, 2, 5, 3]).description == "1-3,5")
  }
}
