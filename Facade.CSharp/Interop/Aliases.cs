// A dictionary by path ("3/weight") is what C# sees of a tree; branches without leaves are not in it. Where F# sees one module
// Tensor, Random, Differentiation or Transform, C# sees the files it is written in, by subject.
global using BoltzmannRules = Functional.FSharp.BoltzmannLearning.Boltzmann;
global using ClassificationLosses = Functional.FSharp.LossClassification.Loss;
global using DbmLikelihoods = Functional.FSharp.DbmLikelihood.Dbm;
global using DbmMeanFields = Functional.FSharp.DbmMeanField.Dbm;
global using DbmRules = Functional.FSharp.DbmLearning.Dbm;
global using DbnLearning = Functional.FSharp.DbnLearning.Dbn;
global using DeriveBatched = Functional.FSharp.DifferentiationBatched.Differentiation;
global using DeriveCustom = Functional.FSharp.DifferentiationCustom.Differentiation;
global using DeriveGradients = Functional.FSharp.DifferentiationGradients.Differentiation;
global using DeriveHessians = Functional.FSharp.DifferentiationHessians.Differentiation;
global using DeriveJacobians = Functional.FSharp.DifferentiationJacobians.Differentiation;
global using DeriveOrder = Functional.FSharp.DifferentiationOrder.Differentiation;
global using Differences = Functional.FSharp.DifferentiationNumerical;
global using EarlyStopping = Functional.FSharp.TrainingEarlyStopping.Training;
global using Estimation = (
    Functional.Tensor Loss,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> Gradients,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using HopfieldExperiments = Functional.FSharp.HopfieldExperiments.Hopfield;
global using HopfieldRecalls = Functional.FSharp.HopfieldRecall.Hopfield;
global using HopfieldStorage = Functional.FSharp.HopfieldStorage.Hopfield;
global using Initial = (
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param> Parameters,
    System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor> State);
global using LayerSummary = Functional.FSharp.LayerSummary.Layer;
global using Limits = Functional.FSharp.TransformLimits.Transform;
global using Metrics = Functional.FSharp.EvaluationMetrics.Evaluation;
global using Momenta = Functional.FSharp.TransformMomenta.Transform;
global using Parameters = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Param>;
global using RandomContinuous = Functional.FSharp.RandomContinuous.Random;
global using RandomDiscrete = Functional.FSharp.RandomDiscrete.Random;
global using RandomGamma = Functional.FSharp.RandomGamma.Random;
global using RandomNormal = Functional.FSharp.RandomNormal.Random;
global using RandomUniform = Functional.FSharp.RandomUniform.Random;
global using RateFinder = Functional.FSharp.TrainingRateFinder.Training;
global using RbmAnneals = Functional.FSharp.RbmAnnealing.Rbm;
global using RbmLikelihoods = Functional.FSharp.RbmLikelihood.Rbm;
global using RbmRules = Functional.FSharp.RbmLearning.Rbm;
global using RbmTemperings = Functional.FSharp.RbmTempered.Rbm;
global using RegressionLosses = Functional.FSharp.LossRegression.Loss;
global using SearchRules = Functional.FSharp.RuleSearch.Rule;
global using TensorActivations = Functional.FSharp.TensorActivations.Tensor;
global using TensorComparison = Functional.FSharp.TensorComparison.Tensor;
global using TensorCovariance = Functional.FSharp.TensorCovariance.Tensor;
global using TensorCumulative = Functional.FSharp.TensorCumulative.Tensor;
global using TensorDecompositions = Functional.FSharp.TensorDecompositions.Tensor;
global using TensorElementwise = Functional.FSharp.TensorElementwise.Tensor;
global using TensorExtremes = Functional.FSharp.TensorExtremes.Tensor;
global using TensorFourier = Functional.FSharp.TensorFourier.Tensor;
global using TensorIndexing = Functional.FSharp.TensorIndexing.Tensor;
global using TensorJoining = Functional.FSharp.TensorJoining.Tensor;
global using TensorMaking = Functional.FSharp.TensorMaking.Tensor;
global using TensorNested = Functional.FSharp.TensorNested.Tensor;
global using TensorNumbers = Functional.FSharp.TensorNumbers.Tensor;
global using TensorPadding = Functional.FSharp.TensorPadding.Tensor;
global using TensorPrinting = Functional.FSharp.TensorPrinting.Tensor;
global using TensorProducts = Functional.FSharp.TensorProducts.Tensor;
global using TensorReading = Functional.FSharp.TensorReading.Tensor;
global using TensorRearranging = Functional.FSharp.TensorRearranging.Tensor;
global using TensorReductions = Functional.FSharp.TensorReductions.Tensor;
global using TensorResizing = Functional.FSharp.TensorResizing.Tensor;
global using TensorShapes = Functional.FSharp.TensorShapes.Tensor;
global using TensorSorting = Functional.FSharp.TensorSorting.Tensor;
global using TensorSpecial = Functional.FSharp.TensorSpecial.Tensor;
global using TensorStatistics = Functional.FSharp.TensorStatistics.Tensor;
global using TensorTrigonometry = Functional.FSharp.TensorTrigonometry.Tensor;
global using TensorWindows = Functional.FSharp.TensorWindows.Tensor;
global using Values = System.Collections.Generic.IReadOnlyDictionary<string, Functional.Tensor>;
global using Wrappers = Functional.FSharp.TransformWrappers.Transform;
