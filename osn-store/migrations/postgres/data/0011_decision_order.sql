-- Decisions of a run are read in the order of its applications, which their own key keeps: one index less to write.
drop index decision_run_id_id_idx;
