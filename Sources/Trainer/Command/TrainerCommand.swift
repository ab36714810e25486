@main
enum TrainerCommand {
  static func main() {}
}
