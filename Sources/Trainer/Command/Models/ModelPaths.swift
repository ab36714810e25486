import Files
import Runs
import Training

/// The paths of models on a command line.
enum ModelPaths {
  /// Refuses a model that is given twice, also if once by its run directory.
  ///
  /// - Parameters:
  ///   - paths: Safetensors files and run directories.
  ///   - option: The option that gives each of them; nil for arguments.
  /// - Throws: `TrainerError` that names the second path of a file.
  static func requireDistinct(_ paths: [String], option: String? = nil) throws {
    var targets: Set<String> = []
    for path in paths where !targets.insert(target(of: path)).inserted {
      let place = option.map { "\($0) " } ?? ""
      throw TrainerError(.usage, "\(place)\(path) is given twice; each model counts once")
    }
  }

  /// The model's file, without links.
  private static func target(of path: String) -> String {
    let isRun = FileSystems.current.isFolder(path)
    return PathNames.target(of: isRun ? RunPaths(directory: path).model : path)
  }
}
