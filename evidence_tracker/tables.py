"""The one list of every room's models; Alembic's comparison, verification and tests import it."""

from evidence_tracker import outbox
from evidence_tracker.access import indexing as _indexing  # noqa: F401 - the rest of access' tables
from evidence_tracker.access import models as access
from evidence_tracker.access import notices as _notices  # noqa: F401 - the rest of access' tables
from evidence_tracker.access import preferences as _preferences  # noqa: F401 - the rest of access' tables
from evidence_tracker.access import saved_views as _saved_views  # noqa: F401 - the rest of access' tables
from evidence_tracker.access import sign_in_models as _sign_in  # noqa: F401 - the rest of access' tables
from evidence_tracker.access import tasks as _tasks  # noqa: F401 - the rest of access' tables
from evidence_tracker.casework.actors import models as actors
from evidence_tracker.casework.allegations import models as allegations
from evidence_tracker.casework.consent import models as consent
from evidence_tracker.casework.exhibits import models as exhibits
from evidence_tracker.casework.incidents import models as incidents
from evidence_tracker.casework.interviews import models as interviews
from evidence_tracker.casework.missions import models as missions
from evidence_tracker.casework.osint import models as osint
from evidence_tracker.casework.parties import models as parties
from evidence_tracker.casework.persons import models as persons
from evidence_tracker.casework.submissions import models as submissions
from evidence_tracker.custody import models as custody
from evidence_tracker.db import Base
from evidence_tracker.vault import models as vault

ROOMS = (
    parties,
    missions,
    actors,
    persons,
    exhibits,
    consent,
    interviews,
    osint,
    incidents,
    allegations,
    submissions,
)
GROUND = (vault, custody, access, outbox)

metadata = Base.metadata
