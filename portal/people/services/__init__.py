"""Writing patients, how to reach them, and those around them. One module per noun."""

from portal.people.services.care import (
    close_episode,
    join_care_team,
    leave_care_team,
    move_to_stage,
    open_episode,
)
from portal.people.services.contacts import (
    add_contact_point,
    change_contact_point,
    give_consent,
    mark_bad,
    remove_contact_point,
    replace_contact_point,
    start_texts,
    stop_texts,
    withdraw_consent,
)
from portal.people.services.help import arrange_cover, end_cover, end_help, let_help
from portal.people.services.leaving import leave_practice
from portal.people.services.patients import (
    PATIENT_FACTS,
    ChangedMeanwhile,
    add_patient,
    change_patient,
    end_record,
    link_account,
    open_patient,
    pause_automation,
    resume_record,
    search_patients,
)
from portal.people.services.shredding import destroy_patient_key

__all__ = [
    "PATIENT_FACTS",
    "ChangedMeanwhile",
    "add_contact_point",
    "add_patient",
    "arrange_cover",
    "change_contact_point",
    "change_patient",
    "close_episode",
    "destroy_patient_key",
    "end_cover",
    "end_help",
    "end_record",
    "give_consent",
    "join_care_team",
    "leave_care_team",
    "leave_practice",
    "let_help",
    "link_account",
    "mark_bad",
    "move_to_stage",
    "open_episode",
    "open_patient",
    "pause_automation",
    "remove_contact_point",
    "replace_contact_point",
    "resume_record",
    "search_patients",
    "start_texts",
    "stop_texts",
    "withdraw_consent",
]
