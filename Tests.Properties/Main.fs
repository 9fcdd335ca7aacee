module Main

open Expecto

let private all =
    testList
        "Functional"
        [
            KeyTests.tests
            ContinuousTests.tests
            DiscreteTests.tests
            DrawingTests.tests
            RandomTests.tests
            TensorTests.tests
            FunctionTests.tests
            DtypeTests.tests
            EdgeTests.tests
            ReadingTests.tests
            SlicingTests.tests
            PrintingTests.tests
            TreeTests.tests
            GradientTests.tests
            DerivativeTests.tests
            NestingTests.tests
            StructureTests.tests
            CustomTests.all
            ImplicitTests.tests
            MemoryTests.tests
            LayerTests.tests
            CompositionTests.tests
            LossTests.tests
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
            DataTests.tests
            NpyTests.tests
            CheckpointTests.tests
            NativeTests.tests
            ScalarTests.tests
            FacadeSignatureTests.tests
            FacadeCoverageTests.tests
            FacadeTensorTests.tests
            FacadeDifferentiationTests.tests
            FacadeLayerTests.tests
            FacadeTrainingTests.tests
            FacadeTransformTests.tests
            FacadeAsyncTests.tests
            FacadeDataTests.tests
            FacadeTwinTests.tests
            FacadeRefusalTests.tests
            DocumentationTests.tests
            GalleryTests.tests
        ]

// What the tests run in a process of its own.
let private child (arguments: string list) =
    match arguments with
    | [ "training" ] -> TrainingTests.child ()
    | [ "memory"; transform; steps; keep ] -> TrainingTests.memoryChild transform (int steps) (int keep)
    | [ "loop"; name; size; steps ] -> MemoryTests.child name (int size) (int steps)
    | [ "stress"; seconds ] -> NativeChildren.stress (float seconds)
    | [ "hunt" ] -> NativeHunt.run 1
    | [ "hunt"; "collecting" ] ->
        use _ = NativeChildren.collecting ()
        // Collecting slows each call down tenfold.
        NativeHunt.run 10
    | [ "tensor" ] -> NativeChildren.tensor ()
    | _ -> failwith $"there is no child {arguments}"

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | "child" :: rest ->
        child rest
        0
    | _ -> runTestsWithCLIArgs [ Sequenced ] arguments all
