import Testing

@testable import TrainerCommand
@testable import Training

@Suite("The lines of predictions")
struct PredictionLinesTests {
  private func line(
    isJSON: Bool, input: String, names: [String]?, showsVotes: Bool = false
  ) -> String {
    var lines = PredictionLines(
      isJSON: isJSON, top: nil, showsProbabilities: false, names: names, showsVotes: showsVotes)
    return lines.line(
      ImagePrediction(
        input: input, index: 0, isNumbered: false, classIndex: 1, probabilities: [0.25, 0.75],
        votes: [1, 0, 1]))
  }

  @Test("names cannot forge a field, a line or a terminal's commands")
  func names() {
    let name = "a\tb\nc\u{1B}[31m\u{7F}\u{9B}"
    let text = line(isJSON: false, input: name, names: ["x", "y\tz"])
    #expect(text == #"a\tb\nc\u001b[31m\u007f\u009b"# + "\t" + #"y\tz"# + "\t0.750000")
    let json = line(isJSON: true, input: name, names: nil)
    #expect(
      json == #"{"input":"a\u0009b\u000ac\u001b[31m\u007f\u009b","index":0,"class":1,"#
        + #""probability":0.75,"probabilities":[0.25,0.75]}"#)
  }

  @Test("of several models tell how many predict the class, and in JSON what each predicts")
  func votes() {
    #expect(line(isJSON: false, input: "x", names: nil, showsVotes: true) == "x\t1\t0.750000\t2/3")
    #expect(
      line(isJSON: true, input: "x", names: nil, showsVotes: true).hasSuffix(#","votes":[1,0,1]}"#))
  }

  @Test("names that are plain stay what they are")
  func plain() {
    #expect(
      line(isJSON: false, input: "bücher/ä 1.pgm", names: nil) == "bücher/ä 1.pgm\t1\t0.750000")
    #expect(line(isJSON: true, input: "x", names: ["a", "b"]).contains(#""class":1,"label":"b","#))
  }
}
