import Testing

@testable import Parallel

@Suite("The claim counter")
struct ClaimCounterTests {
  @Test("each number goes to one thread, and none is left out")
  func everyNumberOnce() {
    let counter = ClaimCounter()
    let claimed = Slots<[Int]>(repeating: [], count: 4)
    onThreads(4) { index in
      while true {
        let number = counter.claim()
        if number >= 10_000 { break }
        claimed[index].append(number)
      }
    }
    #expect(claimed.all.joined().sorted() == Array(0..<10_000))
  }

  @Test("after a reset it starts at zero again")
  func reset() {
    let counter = ClaimCounter()
    for number in 0..<3 { #expect(counter.claim() == number) }
    counter.reset()
    #expect(counter.claim() == 0)
  }
}
