import Testing

@testable import Parallel

@Suite("The claim counter")
struct ClaimCounterTests {
  @Test("each number goes to one thread, and none is left out")
  func everyNumberOnce() {
    let counter = ClaimCounter()
    let claimed = Slots<[Int]>(repeating: [], count: 4)
    onThreads(4) { index in
      while let number = counter.claim(below: 10_000) { claimed[index].append(number) }
    }
    #expect(claimed.all.joined().sorted() == Array(0..<10_000))
  }

  @Test("after a reset it starts at zero again")
  func reset() {
    let counter = ClaimCounter()
    for number in 0..<3 { #expect(counter.claim(below: 3) == number) }
    #expect(counter.claim(below: 3) == nil)
    counter.reset()
    #expect(counter.claim(below: 3) == 0)
  }
}
