import Files
import Foundation
import Testing

@Suite("A word in a command")
struct ShellTextTests {
  @Test(
    "is quoted where a shell would change it",
    arguments: [
      ("runs/a-1_b.c", "runs/a-1_b.c"), ("--lr=0.1", "--lr=0.1"), ("", "''"),
      ("m 1.jsonl", "'m 1.jsonl'"), ("$HOME", "'$HOME'"), ("~", "'~'"), ("=ls", "'=ls'"),
      ("it's", #"'it'\''s'"#), ("é", "'é'"),
      ("a\nb %c", #""$(printf %b 'a\0012b\0040%c')""#),
      ("\u{9b}", #""$(printf %b '\0302\0233')""#),
      ("a\t'1\n", #"$'a\011\0471\012'"#),
    ])
  func quoted(word: String, text: String) {
    #expect(ShellText.quoted(word) == text)
  }

  @Test(
    "comes out of a shell as it was, whatever it contains",
    arguments: [
      "it's", "'", "'\u{301}; echo stolen '", "'\u{200D}$(echo stolen)", "a\nb", "\\", "`x`", "!1",
      "a\tb%d'c\\1", "\u{1B}[31m\u{202E}", "*", "", "=ls", "-n",
      "\u{1F469}\u{200D}\u{1F52C}",
    ])
  func shell(word: String) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "printf '<%s>' " + ShellText.command([word, "b c"])]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    #expect(printed == Data("<\(word)><b c>".utf8))
  }
}
