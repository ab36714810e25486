// A program that trains a small network on Fashion-MNIST with the library `Trainer`.
import ImageData
import Model
import Training

let dataset = try Dataset.load(from: DatasetLocator.locate(dataset: "fashion-mnist"))
var configuration = TrainingConfiguration(threads: 2)
configuration.model = try ModelDescription("dense 128 bn relu dropout 0.2")
configuration.epochs = 2

let run = try TrainingRun(configuration: configuration, dataset: dataset)
try run.train()
print("weights digest: \(run.digest)")
