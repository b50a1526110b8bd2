"""What can be refused here."""

from kernel.errors import DomainError, NotAllowed


class NotFinished(DomainError):
    """Only finished work is reviewed."""

    code = "not_finished"
    message = "The work is not finished yet."


class ReviewWindowOver(DomainError):
    """The work was finished too long ago."""

    code = "review_window_over"
    message = "The time to write about this work is over."


class OneWork(DomainError):
    """A review is about one piece of work."""

    code = "one_work"
    message = "Name either the assignment of an order or that of a lead."


class AlreadyReviewed(DomainError):
    """Each side writes once about a piece of work."""

    code = "already_reviewed"
    message = "You have reviewed this work."


class ReviewRevealed(DomainError):
    """The other side may have read the review."""

    code = "review_revealed"
    message = "The review has been shown, and stays as it is."


class ReviewHidden(DomainError):
    """The other side cannot have read the review."""

    code = "review_hidden"
    message = "The review has not been shown yet."


class AlreadyAnswered(DomainError):
    """A review is answered once."""

    code = "already_answered"
    message = "You have answered this review."


class EmptyResponse(DomainError):
    """An answer says something."""

    code = "response_required"
    message = "Write an answer."
    field = "response"


class ContactInResponse(DomainError):
    """An answer is published at once, so that it must not say where somebody is reached."""

    code = "contact_in_response"
    message = "An answer holds no links, mail addresses or phone numbers."
    field = "response"


class NoDecision(DomainError):
    """Staff approve a review, or reject it."""

    code = "no_decision"
    message = "Approve the review or reject it."
    field = "status"


class NoteRequired(DomainError):
    """Whose review is taken down is told why."""

    code = "note_required"
    message = "Say why the review is rejected."
    field = "note"


class NotAuthor(NotAllowed):
    """The review is somebody else's."""

    code = "not_author"
    message = "Only its author may do this."


class NotAboutYou(NotAllowed):
    """The review is about somebody else."""

    code = "not_about_you"
    message = "Only who it is about may do this."


class OwnReview(NotAllowed):
    """Nobody decides about what they wrote, or what is about them."""

    code = "own_review"
    message = "You are a party to this review."
