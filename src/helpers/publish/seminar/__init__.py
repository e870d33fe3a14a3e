"""What a seminar needs: a plan, a handout, slides, coding sheets, notebooks without solutions."""
