//! Programs that end, hang, flood and hide.
