internal import Kernels

/// Usage: benchmarks [--json] [SET…]; without names all sets of this CPU but the reference.
///
/// Shows what `stream bench` cannot: the kernels of every set side by side, layer by layer, without a network around
/// them. Whole networks, threads and the pipeline are `stream bench`'s.
let arguments = CommandLine.arguments.dropFirst()
let names = arguments.filter { !$0.hasPrefix("-") }
let wanted = KernelSet.all.filter { names.isEmpty ? $0.name != "reference" : names.contains($0.name) }
for kernels in wanted where kernels.isSupported {
  let report = Report(kernels, isJSON: arguments.contains("--json"))
  for layer in Layer.mobileNetV2 { report.print(layer) }
}
