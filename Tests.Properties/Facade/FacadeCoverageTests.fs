/// What F# can say, C# can say: each public function of the core has a twin in the facade.
module FacadeCoverageTests

open System
open System.Reflection
open System.Text
open Microsoft.FSharp.Reflection
open Expecto
open Functional
open Functional.FSharp

let private core = typeof<Tensor>.Assembly
let private facade = typeof<CSharp.Layers>.Assembly

// Where the twins of a module's functions are: static members of these classes, with the functions' own names.
let private homes name =
    match name with
    | "Tensor" -> [ "Tensors"; "TensorExtensions"; "Tensor" ]
    | "Key"
    | "Random" -> [ "KeyExtensions"; "Key" ]
    | "Layer"
    | "LayerSyntax" -> [ "Layers"; "LayerExtensions" ]
    | "Dense"
    | "Convolve"
    | "Transposed"
    | "Pooling"
    | "WholePooling"
    | "Activation"
    | "Dropout"
    | "Noise"
    | "Bilinear"
    | "Embedding"
    | "Normalise"
    | "BatchNorm" -> [ "Layers" ]
    | "WeightNorm"
    | "SpectralNorm" -> [ "LayerExtensions" ]
    | "Loss" -> [ "Losses" ]
    | "SnapshotTrees" -> [ "Snapshots" ]
    | "DenseMemory" -> [ "DenseMemories" ]
    | "Dbn" -> [ "Dbns" ]
    | "Dbm" -> [ "Dbms" ]
    | "EnergyNetwork" -> [ "EnergyNetworks" ]
    | "Summary" -> [ "Summaries" ]
    | "Spec" -> [ "Specs" ]
    | "Structure"
    | "Scope"
    | "Tree"
    | "Initializer"
    | "Mode"
    | "Reduction"
    | "Schedule"
    | "Rule"
    | "Transform"
    | "Optimizer"
    | "Dataset"
    | "Snapshot"
    | "State"
    | "Checkpoint"
    | "Kernel"
    | "Boltzmann"
    | "Rbm"
    | "ConditionalRbm" -> [ name + "s" ]
    | "Energy" -> [ "Energies" ]
    | name -> [ name ]

/// Twins under another name or in another class.
let private renamed =
    [
        "Tensor.zerosOf", "Tensors.Zeros"
        "Tensor.onesOf", "Tensors.Ones"
        "Tensor.fullOf", "Tensors.Full"
        "Tensor.eyeOf", "Tensors.Eye"
        "Tensor.arangeOf", "Tensors.Arange"
        "Tensor.linspaceOf", "Tensors.Linspace"
        "Tensor.logspaceOf", "Tensors.Logspace"
        "Tensor.tensor", "Tensors.Of"
        "Tensor.tensorOf", "Tensors.Of"
        "Tensor.squeezeAll", "TensorExtensions.Squeeze"
        "Tensor.ofHalves", "Tensors.From"
        "Tensor.ofInt16s", "Tensors.From"
        "Tensor.ofSBytes", "Tensors.From"
        "Tensor.ofInt32s", "Tensors.From"
        "Tensor.ofBools", "Tensors.From"
        "Tensor.ofArray", "Tensors.From"
        "Tensor.ofDoubles", "Tensors.From"
        "Tensor.ofLongs", "Tensors.From"
        "Tensor.ofBytes", "Tensors.From"
        "Tensor.ofInts", "Tensors.Labels"
        "Tensor.ofSeq", "Tensors.Vector"
        "Tensor.toFloat", "TensorExtensions.ToDouble"
        "Tensor.equal", "TensorExtensions.SameBits"
        "Structure.tree", "Structures.Values"
        "Key.bits", "KeyExtensions.BitsAt"
        "Random.uniformOf", "KeyExtensions.Uniform"
        "Random.normalOf", "KeyExtensions.Normal"
        "Random.truncatedNormalOf", "KeyExtensions.TruncatedNormal"
        "Random.exponentialOf", "KeyExtensions.Exponential"
        "Random.laplaceOf", "KeyExtensions.Laplace"
        "Random.gumbelOf", "KeyExtensions.Gumbel"
        "Random.gammaOf", "KeyExtensions.Gamma"
        "Random.betaOf", "KeyExtensions.Beta"
        "Random.bernoulliEach", "KeyExtensions.Bernoulli"
        "Scope.keep", "TensorExtensions.Keep"
        "Params.values", "Params.ToTensors"
        "Params.count", "Snapshots.ParameterCount"
        "Layer.compose", "LayerExtensions.Then"
        "LayerSyntax.layer", "Layers.Create"
        "Layer.aroundWith", "Layers.Around"
        "Layer.beside2", "Layers.Beside"
        "LayerSyntax.layerOf", "Layers.Create"
        "Dense.denseWith", "Layers.Dense"
        "Bilinear.bilinearWith", "Layers.Bilinear"
        "Embedding.embeddingWith", "Layers.Embedding"
        "Convolve.conv2dWith", "Layers.Conv2d"
        for axes in 1..3 do
            $"Convolve.conv{axes}dWith", $"Layers.Conv{axes}d"
            $"Transposed.convTranspose{axes}dWith", $"Layers.ConvTranspose{axes}d"
            $"Pooling.maxpool{axes}dWith", $"Layers.MaxPool{axes}d"
            $"Pooling.meanpool{axes}dWith", $"Layers.MeanPool{axes}d"
        "BatchNorm.batchNormWith", "Layers.BatchNorm"
        for name in [ "layer"; "rms"; "group"; "instance" ] do
            $"Normalise.{name}NormWith", $"Layers.{name}Norm"
        "Convolve.depthwise2dWith", "Layers.Depthwise2d"
        "Convolve.separable2dWith", "Layers.Separable2d"
        "Batches.ofSeq", "Batches.Of"
        "Csv.readWith", "Csv.Read"
        "Images.folderWith", "Images.Folder"
        "Download.file", "Download.FileAsync"
        "Download.fileOf", "Download.FileOfAsync"
        "Download.mnist", "Download.MnistAsync"
        "Download.fashionMnist", "Download.FashionMnistAsync"
        "Download.cifar10", "Download.Cifar10Async"
        "Training.run", "Training.Steps"
        "Training.fitReporting", "Training.Fit"
        "Snapshot.withParams", "Snapshots.WithParameters"
        "SnapshotTrees.Params", "Snapshots.Parameters"
    ]

/// Functions that need no twin, and why.
let private without =
    let dictionary = "a tree is a dictionary by path, and LINQ walks it"

    [
        for name in [ "empty"; "iter"; "values"; "leaves"; "refill"; "tryGet"; "leaf"; "set"; "remove"; "ofLeaves" ] do
            $"Tree.{name}", dictionary
        for name in [ "all"; "from"; "upTo"; "by"; "every" ] do
            $"Slice.{name}", "C# has ranges, and Slice.Between where they have steps"
        "TensorSlicing.GetSlice", "C# has ranges: x[1.., 0]"
        "TensorFormatModule.standard", "the default arguments of TensorExtensions.Format"
        "Window.standard", "the default arguments of TensorExtensions.Conv2d"
        "CrossEntropy.standard", "the default arguments of Losses.CrossEntropy"
        "Pool.ofSize", "the first argument of Layers.MaxPool2d"
        "Convolution.standard", "the default arguments of Layers.Conv2d"
        "Normalisation.standard", "the default arguments of Layers.GroupNorm"
        "BatchNormalisation.standard", "the default arguments of Layers.BatchNorm"
    ]

// A property goes by its name, an extension member of F# (Snapshot.get_Params) by the last part of its own.
let private plain (m: MethodInfo) =
    let name = m.Name.Substring(m.Name.LastIndexOf '.' + 1)
    if name.StartsWith "get_" then name.Substring 4 else name

let private isModule (t: Type) =
    match t.GetCustomAttribute<CompilationMappingAttribute>() with
    | null -> false
    | mapping -> mapping.SourceConstructFlags &&& SourceConstructFlags.KindMask = SourceConstructFlags.Module

let private publicStatic = BindingFlags.Public ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly

/// The public functions of F#'s modules: module and name.
let private functions =
    [
        for t in core.GetExportedTypes() do
            if isModule t && (string t.Namespace).StartsWith "Functional.FSharp" then
                for m in t.GetMethods publicStatic do
                    t.Name, plain m
    ]
    |> List.distinct

let private has (home: string, name: string) =
    [ facade.GetType $"Functional.CSharp.{home}"; core.GetType $"Functional.{home}" ]
    |> List.exists (fun t ->
        match t with
        | null -> false
        | t ->
            t.GetMethods publicStatic
            |> Array.exists (fun m -> String.Equals(plain m, name, StringComparison.OrdinalIgnoreCase)))

// F#'s forms of one function of tensors are one method with optional arguments in C#.
let private root =
    function
    | "Tensor", name -> RegularExpressions.Regex.Replace(name, "(OverAxes|KeepingAxes|Over|Keeping|Number|With)$", "")
    | "Differentiation", name
    | "Loss", name -> RegularExpressions.Regex.Replace(name, "With$", "")
    | _, name -> name

let private follows (home, name) =
    homes home |> List.exists (fun place -> has (place, name) || has (place, root (home, name)))

// What is wrong with the facade or with the tables above, in words.
let private problems
    (functions: (string * string) list)
    (renamed: (string * string) list)
    (without: (string * string) list)
    =
    let full (home, name) = $"{home}.{name}"
    let known = functions |> List.map full |> Set.ofList
    let others, none = Map.ofList renamed, Map.ofList without

    [
        for f in functions do
            match Map.tryFind (full f) others with
            | Some twin when not (has (twin.Split('.')[0], twin.Split('.')[1])) ->
                $"{full f}: the table names {twin}, which does not exist"
            | None when not (follows f || Map.containsKey (full f) none) -> $"{full f} has no twin"
            | _ -> ()

            if follows f && (Map.containsKey (full f) others || Map.containsKey (full f) none) then
                $"{full f} follows the rule; its entry in the table is not needed"

        for name in List.map fst renamed @ List.map fst without do
            if not (known.Contains name) then
                $"{name} is in a table, but not in the core"

        for name, _ in renamed do
            if Map.containsKey name none then
                $"{name} is in both tables"
    ]

// ---- what a form with more arguments takes besides

// A record of options stands for its fields, each of which is an argument of its own in C#.
let private argumentsOf (m: MethodInfo) =
    [
        for p in m.GetParameters() do
            yield!
                if
                    FSharpType.IsRecord p.ParameterType && (string p.ParameterType.Namespace).StartsWith "Functional"
                then
                    [ for field in FSharpType.GetRecordFields p.ParameterType -> field.Name ]
                else
                    [ string p.Name ]
    ]

let private methodsOf (home, name) =
    [
        for t in [ facade.GetType $"Functional.CSharp.{home}"; core.GetType $"Functional.{home}" ] do
            match t with
            | null -> ()
            | t ->
                for m in t.GetMethods publicStatic do
                    if String.Equals(plain m, name, StringComparison.OrdinalIgnoreCase) then
                        m
    ]

/// Arguments that go by another name in C#, or have no meaning there.
let private otherwise =
    [
        "Tensor.varWith", "keep", "keepAxes"
        "Tensor.stdWith", "keep", "keepAxes"
        "Tensor.toHtmlWith", "Width", "a table has no lines to break"
        "Convolve.depthwise2dWith", "Groups", "the channels"
        "Convolve.separable2dWith", "Groups", "the channels"
        for axes in 1..3 do
            $"Pooling.maxpool{axes}dWith", "CountPadding", "no padding is the largest"
    ]

/// The functions called XWith: module, name, and the arguments that X has not.
let private withMore =
    [
        for t in core.GetExportedTypes() do
            if isModule t && (string t.Namespace).StartsWith "Functional.FSharp" then
                for m in t.GetMethods publicStatic do
                    if m.Name.EndsWith "With" then
                        let known =
                            match t.GetMethod(m.Name.Substring(0, m.Name.Length - 4)) with
                            | null -> []
                            | shorter -> argumentsOf shorter

                        t.Name, m.Name, List.except known (argumentsOf m)
    ]

// The arguments of XWith that no overload of its twin takes, in words.
let private lacking (functions: (string * string * string list) list) (renamed: (string * string) list) =
    [
        for home, name, arguments in functions do
            let twins =
                match List.tryFind (fst >> (=) $"{home}.{name}") renamed with
                | Some(_, twin) -> [ twin.Split('.')[0], twin.Split('.')[1] ]
                | None ->
                    [
                        for place in homes home do
                            (place, name)
                            (place, root (home, name))
                    ]

            let taken = twins |> List.collect methodsOf |> List.collect argumentsOf |> List.map _.ToLowerInvariant()

            for argument in arguments do
                let isTaken = List.contains (argument.ToLowerInvariant()) taken

                let isOtherwise =
                    otherwise |> List.exists (fun (f, other, _) -> (f, other) = ($"{home}.{name}", argument))

                if not (isTaken || isOtherwise) then
                    $"{home}.{name}: its twin does not take '{argument}'"

                if isTaken && isOtherwise then
                    $"{home}.{name}: '{argument}' is taken; its entry in the table is not needed"
    ]

let tests =
    testList
        "facade coverage"
        [
            test "each argument that a form with more of them has can be given in C# too" {
                Expect.isGreaterThan withMore.Length 25 "the functions that are looked at"
                Expect.equal (lacking withMore renamed) [] "problems"

                let broken =
                    [ "Convolve", "conv2dWith", [ "Dilation"; "Wobble" ]; "Dense", "denseWith", [ "draw"; "bias" ] ]

                Expect.equal
                    (lacking broken renamed)
                    [
                        "Convolve.conv2dWith: its twin does not take 'Wobble'"
                        "Dense.denseWith: its twin does not take 'bias'"
                    ]
                    "a missing one is found"
            }

            test "each public function of the core has a twin in the facade" {
                Expect.isGreaterThan functions.Length 150 "the functions that are looked at"
                Expect.equal (problems functions renamed without) [] "problems"
            }

            test "a missing twin, a twin that does not exist and entries without need are found" {
                let found = problems ([ "Tensor", "fancy"; "Scope", "keep" ] @ functions)

                let table =
                    ("Tensor.exp", "TensorExtensions.Exp")
                    :: ("Tree.gone", "Trees.Gone")
                    :: ("Rule.init", "Rules.Start")
                    :: renamed

                let words = found table (("Tree.empty2", "") :: without)

                Expect.equal
                    (List.sort words)
                    (List.sort
                        [
                            "Tensor.fancy has no twin"
                            "Rule.init: the table names Rules.Start, which does not exist"
                            "Rule.init follows the rule; its entry in the table is not needed"
                            "Tensor.exp follows the rule; its entry in the table is not needed"
                            "Tree.gone is in a table, but not in the core"
                            "Tree.empty2 is in a table, but not in the core"
                        ])
                    "one line each"
            }
        ]
