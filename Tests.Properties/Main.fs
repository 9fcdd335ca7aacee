module Main

open System
open Expecto

// Tests that wait for processes of their own: two at a time, before the others, which come one after another.
let private beside (tests: Test) = Test.Sequenced(InParallel, tests)

let private all =
    testList
        "Functional"
        [
            KeyTests.tests
            ContinuousTests.tests
            DiscreteTests.tests
            DrawingTests.tests
            RandomTests.tests
            NarrowTests.tests
            TensorTests.tests
            FunctionTests.tests
            NumberTests.tests
            WholeNumberTests.tests
            DtypeTests.tests
            EdgeTests.tests
            OperatorTests.tests
            EqualityTests.tests
            ScaleTests.tests
            ReadingTests.tests
            SlicingTests.tests
            PrintingTests.tests
            TreeTests.tests
            GradientTests.tests
            DerivativeTests.tests
            NumericalTests.tests
            NestingTests.tests
            StructureTests.tests
            CustomTests.all
            ImplicitTests.tests
            beside MemoryTests.tests
            LayerTests.tests
            InitializerTests.tests
            NormalisationTests.tests
            NormalisationOffsetTests.tests
            ActivationLayerTests.tests
            NoiseTests.tests
            DenseFamilyTests.tests
            ConvolutionTests.tests
            SummaryTests.tests
            CompositionTests.tests
            CombinatorTests.tests
            SpecTests.tests
            WeightNormTests.tests
            LossTests.tests
            LossExtremeTests.tests
            ScheduleTests.tests
            TransformTests.tests
            OptimizerTests.tests
            UpdateTests.tests
            WrapperTests.tests
            RuleSearchTests.tests
            TrainingTests.tests
            TrainingExtrasTests.tests
            MetricsTests.tests
            HopfieldTests.tests
            HopfieldExampleTests.tests
            HopfieldFacadeTests.tests
            HopfieldCapacityTests.tests
            DenseMemoryTests.tests
            ModernHopfieldTests.tests
            BurstTests.tests
            DbnTests.tests
            UpDownTests.tests
            EnergyNetworkTests.tests
            KernelTests.tests
            InvarianceTests.tests
            LangevinTests.tests
            TemperingTests.tests
            ChainTests.tests
            BoltzmannTests.tests
            RbmTests.tests
            TransitionTests.tests
            RbmRuleTests.tests
            RbmLikelihoodTests.tests
            ConditionalRbmTests.tests
            DbmTests.tests
            DbmMeanFieldTests.tests
            DbmRuleTests.tests
            DbmRefusalTests.tests
            EnergyRefusalTests.tests
            EmptyBatchTests.tests
            Float64Tests.tests
            DataTests.tests
            DatasetTests.tests
            SyntheticTests.tests
            ReaderTests.tests
            ImageWritingTests.tests
            DiffSharpTests.tests
            DownloadTests.tests
            PrefetchTests.tests
            NpyTests.tests
            CheckpointTests.tests
            beside RotationTests.tests
            SafetensorsFuzzTests.tests
            ChecksumTests.tests
            SavingTests.tests
            GzipTests.tests
            PngTests.tests
            TableLimitTests.tests
            EntryTests.tests
            FileHunt.tests
            KillHunt.tests
            GoldenWeightTests.tests
            TorchModuleTests.tests
            LawTests.tests
            beside NativeTests.tests
            ProcessTests.tests
            CultureTests.tests
            ErrorTests.tests
            NativeLoopTests.tests
            ScalarTests.tests
            FacadeSignatureTests.tests
            FacadeCoverageTests.tests
            FacadeTensorTests.tests
            FacadeDifferentiationTests.tests
            FacadeLayerFamilyTests.tests
            FacadeLayerTests.tests
            FacadeTrainingTests.tests
            FacadeTransformTests.tests
            FacadeAsyncTests.tests
            FacadeDataTests.tests
            FacadeDatasetTests.tests
            FacadeTwinTests.tests
            FacadeDbnTests.tests
            FacadeDbmTests.tests
            FacadeRefusalTests.tests
            FacadeEnergyTests.tests
            DocumentationTests.tests
            beside GalleryTests.tests
            beside RunningTests.tests
        ]

// What the tests run in a process of its own.
let private child (arguments: string list) =
    match arguments with
    | [ "training" ] -> TrainingTests.child ()
    | [ "kill"; kind; folder; part ] ->
        KillHunt.child kind folder (Double.Parse(part, Globalization.CultureInfo.InvariantCulture))
    | [ "files"; seed; cases; seconds ] ->
        FileHunt.child (int seed) (int cases) (Double.Parse(seconds, Globalization.CultureInfo.InvariantCulture))
    | [ "golden"; path ] -> GoldenWeightTests.write path
    | [ "prefetch"; ahead; steps ] -> PrefetchTests.child (int ahead) (int steps)
    | [ "loop"; name; size; steps ] -> MemoryLoops.child name (int size) (int steps)
    | [ "memory" ] -> MemoryTests.measure ()
    | [ "training"; steps ] -> MemoryLoops.trainingChild (int steps)
    | [ "stress"; seconds ] -> NativeChildren.stress (float seconds)
    | [ "hunt"; stride; first ] -> NativeHunt.child (int stride) (int first)
    | [ "hunt"; stride; first; "collecting" ] ->
        use _ = NativeChildren.collecting ()
        NativeHunt.child (int stride) (int first)
    | [ "finalizers" ] -> ProcessChildren.finalizers ()
    | [ "prefetched"; walks ] -> ProcessChildren.prefetched (int walks)
    | [ "scopes"; seed; rounds ] -> ProcessChildren.scopes (int seed) (int rounds)
    | [ "nests" ] -> ProcessChildren.nests ()
    | [ "threads"; count ] -> ProcessChildren.threads (int count)
    | [ "hostile"; seed; cases ] -> HostileCalls.run (int seed) (int cases) ""
    | [ "hostile"; seed; cases; only ] -> HostileCalls.run (int seed) (int cases) only
    | "running" :: rest -> RunningTests.child rest
    | [ "tensor" ] -> NativeChildren.tensor ()
    | [ "summary" ] -> SummaryTests.child ()
    | _ -> failwith $"there is no child {arguments}"

// The long hunts, which run with --thorough.
let private hunts: Hunt.Hunt list =
    [
        NativeHunt.hunt
        HostileHunt.hunt
        ProcessTests.exits
        ProcessTests.shared
        ProcessTests.stress
        MemoryHunt.hunt
        FileHunt.hunt
        KillHunt.hunt
    ]

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | [ "child"; "leave"; way; work; milliseconds ] -> ProcessChildren.leave way (int work) (int milliseconds)
    | "child" :: rest ->
        child rest
        0
    | "--thorough" :: rest -> Thorough.run hunts rest
    | _ ->
        let options = [ Parallel_Workers 2; No_Spinner; Printer(TestProgress.printer ()) ]
        runTestsWithCLIArgs options arguments (testSequenced all)
