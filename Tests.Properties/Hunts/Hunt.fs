/// Long searches for faults: each makes random cases from a seed until its time or its count is over.
module Hunt

open System
open System.Diagnostics

/// How long a hunt goes on.
type Budget =
    {
        /// Cases are drawn from this seed alone; child processes get seeds derived from it.
        Seed: int
        /// At most so many cases.
        Cases: int
        /// At most so long.
        Seconds: float
        /// Tells the terminal how many cases are done.
        Progress: int -> unit
    }

/// One hunt. It returns how many cases it made, and fails with Expecto's errors, which name seed and case.
type Hunt =
    {
        Name: string
        /// The cases of a full count.
        Full: int
        /// Its share of the time, relative to the others'.
        Share: float
        Run: Budget -> int
    }

/// Whether a hunt that made so many cases goes on.
let goesOn (clock: Stopwatch) (budget: Budget) (cases: int) =
    cases < budget.Cases && clock.Elapsed.TotalSeconds < budget.Seconds

/// The random numbers of a case: the same in every process.
let randomOf (seed: int) (case: int) : Random = Random(seed * 1_000_003 + case)
