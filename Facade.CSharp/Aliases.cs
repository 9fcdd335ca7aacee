// A dictionary by path ("3/weight") is what C# sees of a tree; branches without leaves are not in it.
global using Estimation = (
    Functional.Tensor Loss,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> Gradients,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using Initial = (
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param> Parameters,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using Parameters = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param>;
global using Values = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor>;
// The core's functions of tensors by subject: F# sees one module Tensor, C# the files it is written in.
global using TensorActivations = Functional.FSharp.TensorActivations.Tensor;
global using TensorComparison = Functional.FSharp.TensorComparison.Tensor;
global using TensorCumulative = Functional.FSharp.TensorCumulative.Tensor;
global using TensorElementwise = Functional.FSharp.TensorElementwise.Tensor;
global using TensorExtremes = Functional.FSharp.TensorExtremes.Tensor;
global using TensorMaking = Functional.FSharp.TensorMaking.Tensor;
global using TensorProducts = Functional.FSharp.TensorProducts.Tensor;
global using TensorReading = Functional.FSharp.TensorReading.Tensor;
global using TensorReductions = Functional.FSharp.TensorReductions.Tensor;
global using TensorShapes = Functional.FSharp.TensorShapes.Tensor;
global using TensorSorting = Functional.FSharp.TensorSorting.Tensor;
global using TensorSpecial = Functional.FSharp.TensorSpecial.Tensor;
global using TensorStatistics = Functional.FSharp.TensorStatistics.Tensor;
global using TensorTrigonometry = Functional.FSharp.TensorTrigonometry.Tensor;
