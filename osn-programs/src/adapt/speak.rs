//! What both contracts have in common: between this crate's types and the generated ones. Columns are lent, never copied.
//!
//! Generated types of two contracts are different types of the same shape, so the adapter is one text, compiled for each.

/// The adapter of a contract whose generated types stand in `generated` beside it; `$why` takes the reasons out of its verdicts.
macro_rules! adapter {
    ($why:expr) => {
        use wasmtime::component::{Component, Instance, InstancePre, Linker};
        use wasmtime::{AsContextMut, Store};

        use crate::adapt::{RawDelivery, RawPlan, RawSchedule, Refusal};
        use crate::batch::{Batch, Column, Context, Field};
        use crate::host::Guard;
        use crate::plan::Slot;
        use crate::problem::Problem;
        use crate::verdict::Verdicts;

        use generated::exports::osn::program::{
            assessor as wit_assess, description as wit_description, planner as wit_plan,
        };
        use generated::osn::program::request as wit;
        use generated::osn::program::types as wit_types;

        /// A compiled program, ready to be instantiated.
        ///
        /// Looking a function up compares its whole type with the contract's, which takes longer than an instance does. The types of one
        /// component never change: all are compared by [`Pre::describe`], which the first load of a program begins with, and a call then
        /// looks up its own interface only.
        pub(crate) struct Pre {
            all: generated::ProgramPre<Guard>,
            description: wit_description::GuestIndices,
            assessor: wit_assess::GuestIndices,
            planner: wit_plan::GuestIndices,
        }

        type Answer<T> = wasmtime::Result<Result<T, Refusal>>;

        impl Pre {
            pub(crate) fn new(linker: &Linker<Guard>, component: &Component) -> wasmtime::Result<Self> {
                let pre: InstancePre<Guard> = linker.instantiate_pre(component)?;
                Ok(Self {
                    description: wit_description::GuestIndices::new(&pre)?,
                    assessor: wit_assess::GuestIndices::new(&pre)?,
                    planner: wit_plan::GuestIndices::new(&pre)?,
                    all: generated::ProgramPre::new(pre)?,
                })
            }

            fn instance(&self, store: &mut Store<Guard>) -> wasmtime::Result<Instance> {
                self.all.instance_pre().instantiate(store.as_context_mut())
            }

            fn assessor(&self, store: &mut Store<Guard>) -> wasmtime::Result<wit_assess::Guest> {
                let instance = self.instance(store)?;
                self.assessor.load(store.as_context_mut(), &instance)
            }

            fn planner(&self, store: &mut Store<Guard>) -> wasmtime::Result<wit_plan::Guest> {
                let instance = self.instance(store)?;
                self.planner.load(store.as_context_mut(), &instance)
            }

            /// Makes ready for a batch and does nothing else: for the bench.
            pub(crate) fn instantiate(&self, store: &mut Store<Guard>) -> wasmtime::Result<()> {
                self.assessor(store).map(drop)
            }

            pub(crate) fn describe(
                &self,
                store: &mut Store<Guard>,
                parameters: Option<&str>,
            ) -> wasmtime::Result<Result<String, Vec<Problem>>> {
                let program = self.all.instantiate(store.as_context_mut())?;
                let answer = program
                    .osn_program_description()
                    .call_describe(store, parameters)?;
                Ok(answer.map_err(|problems| problems.into_iter().map(problem).collect()))
            }

            pub(crate) fn check_parameters(
                &self,
                store: &mut Store<Guard>,
                parameters: &str,
            ) -> wasmtime::Result<Vec<Problem>> {
                let instance = self.instance(store)?;
                let description = self.description.load(store.as_context_mut(), &instance)?;
                let problems = description.call_check_parameters(store, parameters)?;
                Ok(problems.into_iter().map(problem).collect())
            }

            pub(crate) fn assess(
                &self,
                store: &mut Store<Guard>,
                context: &Context,
                batch: &Batch,
                shape: (usize, usize),
            ) -> Answer<Verdicts> {
                let assessor = self.assessor(store)?;
                let lent = Lent::new(batch);
                let answer = assessor.call_assess(store, surroundings(context), lent.batch(batch))?;
                let (criteria, ranking) = shape;
                Ok(answer
                    .map(|mut v| Verdicts {
                        why: $why(&mut v),
                        criteria,
                        ranking,
                        outcome: v.outcome,
                        group_outcome: v.group_outcome,
                        state: v.state,
                        seen: v.seen,
                        wanted: v.wanted,
                        keys: v.keys,
                    })
                    .map_err(|fault| Refusal {
                        code: fault.code,
                        row: fault.row,
                    }))
            }

            pub(crate) fn plan(
                &self,
                store: &mut Store<Guard>,
                context: &Context,
                batch: &Batch,
                plan: &RawPlan<'_>,
            ) -> Answer<RawSchedule> {
                let planner = self.planner(store)?;
                let lent = Lent::new(batch);
                let slots: Vec<wit_plan::Slot<'_>> = plan.slots.iter().map(slot).collect();
                let stock: Vec<wit_plan::Stock> = plan
                    .stock
                    .iter()
                    .map(|(supply, quantity)| wit_plan::Stock {
                        supply: *supply,
                        quantity: *quantity,
                    })
                    .collect();
                let kept: Vec<wit_plan::Delivery> = plan
                    .kept
                    .iter()
                    .map(|one| wit_plan::Delivery {
                        row: one.row,
                        slot: one.slot,
                        supply: one.supply,
                        quantity: one.quantity,
                        cost: one.cost,
                    })
                    .collect();
                let answer = planner.call_plan(
                    store,
                    surroundings(context),
                    lent.batch(batch),
                    &slots,
                    &stock,
                    &kept,
                    plan.budget,
                )?;
                Ok(answer
                    .map(|schedule| RawSchedule {
                        deliveries: schedule
                            .deliveries
                            .into_iter()
                            .map(|one| RawDelivery {
                                row: one.row,
                                slot: one.slot,
                                supply: one.supply,
                                quantity: one.quantity,
                                cost: one.cost,
                            })
                            .collect(),
                        unplaced: schedule.unplaced,
                        unplaced_why: schedule.unplaced_why,
                    })
                    .map_err(|fault| Refusal {
                        code: fault.code,
                        row: fault.row,
                    }))
            }

            /// Category symbol, cents, pieces.
            pub(crate) fn estimate(
                &self,
                store: &mut Store<Guard>,
                context: &Context,
                people: u32,
                households: u32,
                occasions: u32,
            ) -> Answer<Vec<(u16, i64, u32)>> {
                let planner = self.planner(store)?;
                let answer = planner.call_estimate(store, surroundings(context), people, households, occasions)?;
                Ok(answer
                    .map(|lines| {
                        lines
                            .into_iter()
                            .map(|line| (line.category, line.amount, line.quantity))
                            .collect()
                    })
                    .map_err(|fault| Refusal {
                        code: fault.code,
                        row: fault.row,
                    }))
            }
        }

        /// Field lists that point into a batch for the length of one call.
        struct Lent<'a> {
            application: Vec<wit::Field<'a>>,
            claim: Vec<wit::Field<'a>>,
            members: Vec<wit::Field<'a>>,
            facts: Vec<wit::Field<'a>>,
        }

        impl<'a> Lent<'a> {
            fn new(batch: &'a Batch) -> Self {
                let lend = |fields: &'a [Field]| fields.iter().map(field).collect();
                Self {
                    application: lend(&batch.application),
                    claim: lend(&batch.claim),
                    members: lend(&batch.members),
                    facts: lend(&batch.facts),
                }
            }

            fn batch<'b>(&'b self, batch: &'b Batch) -> wit::Batch<'b> {
                wit::Batch {
                    rows: batch.rows,
                    groups: batch.groups,
                    group: &batch.group,
                    application: &self.application,
                    claim: &self.claim,
                    members_at: &batch.members_at,
                    members: &self.members,
                    facts: &self.facts,
                }
            }
        }

        fn surroundings(context: &Context) -> wit::Context<'_> {
            wit::Context {
                as_of: context.as_of.to_epoch_days(),
                parameters: &context.parameters,
            }
        }

        fn field(field: &Field) -> wit::Field<'_> {
            let data = match &field.data {
                Column::Flag(data) => wit::Column::Flag(data),
                Column::Int(data) => wit::Column::Int(data),
                Column::Fixed(data) => wit::Column::Fixed(data),
                Column::Cents(data) => wit::Column::Cents(data),
                Column::Day(data) => wit::Column::Day(data),
                Column::Choice(data) => wit::Column::Choice(data),
                Column::Choices(data) => wit::Column::Choices(wit_types::Ragged {
                    at: &data.at,
                    vals: &data.vals,
                }),
                Column::Order(data) => wit::Column::Order(wit_types::Ragged {
                    at: &data.at,
                    vals: &data.vals,
                }),
                Column::Text(data) => wit::Column::Text(wit_types::Texts {
                    at: &data.at,
                    utf8: &data.utf8,
                }),
            };
            wit::Field {
                present: &field.present,
                evidence: &field.evidence,
                valid_to: &field.valid_to,
                data,
            }
        }

        fn slot(slot: &Slot) -> wit_plan::Slot<'_> {
            wit_plan::Slot {
                series: slot.series,
                starts_min: slot.starts_min,
                minutes: slot.minutes,
                place: slot.place,
                age_min: slot.age_min,
                age_max: slot.age_max,
                features: &slot.features,
                capacity: slot.capacity,
            }
        }

        fn problem(problem: wit_types::Problem) -> Problem {
            Problem {
                path: problem.path,
                code: problem.code,
                args: problem.args.into_iter().collect(),
            }
        }
    };
}
pub(super) use adapter;
